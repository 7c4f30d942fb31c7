"""Texts: public maps, and private vocabularies."""

from skprivate.feature_extraction.text._count_vectorizer import DPCountVectorizer
from skprivate.feature_extraction.text._embedder import TextEmbedder
from skprivate.feature_extraction.text._hashed import HashedText
from skprivate.feature_extraction.text._sequence import HashedSequence
from skprivate.feature_extraction.text._tfidf_vectorizer import DPTfidfVectorizer

__all__ = [
    "DPCountVectorizer",
    "DPTfidfVectorizer",
    "HashedSequence",
    "HashedText",
    "TextEmbedder",
]
