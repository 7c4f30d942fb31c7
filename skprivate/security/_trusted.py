"""The types that a file of a model may hold: data of estimators, and estimators.

A list by hand, not a rule: a rule would let in whatever class comes next. None of them
does anything when it is made or thrown away but hold its fields. What skops trusts by
itself (NumPy, SciPy and scikit-learn) need not be here.
"""

_OURS = """
accounting._budget: Budget
accounting._filter: Filter
accounting._price: Price
additive._classifier: DPAdditiveClassifier
additive._regressor: DPAdditiveRegressor
anonymity._identifiers: TextRedactor
anonymity._lattice: HierarchyAnonymizer
anonymity._mondrian: MondrianAnonymizer
base._box: Box
base._class_weights: ClassWeights
base._estimator: DPEstimator
base._geometry: Geometry
base._report: PrivacyReport Release
base._sampler: DPSampler
binning._bins: Bins
binning._columns: CategoryBins NumberBins
binning._maps: AddTerms BinCodes
calibration._calibrated: DPCalibratedClassifier
calibration._maps: CalibratedModel Isotonic Sigmoid
calibration._tables: ScoreBins Tables
cluster._k_means: DPKMeans
combine._combine: DPCombine
compose._assignment: ColumnSelection
compose._augmented: Augmented
compose._column_transformer: DPColumnTransformer
compose._modalities: WithIndicator
compose._public_map: PublicMap
compose._table_parts: CategoryPart DatePart NumberPart
compose._table_vectorizer: DPTableVectorizer
covariance._elliptic_envelope: DPEllipticEnvelope
covariance._empirical: DPCovariance
decomposition._pca: DPPCA
decomposition._truncated_svd: DPTruncatedSVD
decomposition._whitening: DPWhitening
discriminant_analysis._linear: DPLinearDiscriminantAnalysis
discriminant_analysis._quadratic: DPQuadraticDiscriminantAnalysis
ensemble._bagging_classes: DPBaggingClassifier
ensemble._bagging_numbers: DPBaggingRegressor
ensemble._balanced_bagging: DPBalancedBaggingClassifier
ensemble._boosting: Boosted Plan Start
ensemble._boosting_classes: DPHistGradientBoostingClassifier
ensemble._boosting_numbers: DPHistGradientBoostingRegressor
ensemble._forest_classes: DPRandomForestClassifier
ensemble._forest_numbers: DPRandomForestRegressor
ensemble._stack: Stack
ensemble._stacking: DPStackingClassifier
ensemble._stacking_numbers: DPStackingRegressor
ensemble._table_features: TableFeatures
ensemble._taught: DPTaught
ensemble._teacher_votes: NoisyVotes
ensemble._teachers: Questions
ensemble._vote_rows: MadeUpRows
ensemble._vote_sum: SoftVotes VoteSum
ensemble._vote_targets: TargetScale TargetShares
ensemble._voting: DPVotingClassifier DPVotingRegressor
exploration._estimate: Estimate
exploration._measured: Statistic
exploration._profile: DPDataProfile
exploration._table_profile: ColumnProfile TableProfile
feature_extraction.audio._cepstrum: MelCepstrum
feature_extraction.image._patches: RandomPatchFeatures
feature_extraction.image._regions: RegionSummary
feature_extraction.image._scattering: ScatteringTransform
feature_extraction.series._competing: CompetingKernels
feature_extraction.series._echo: EchoState
feature_extraction.series._resample: LastValues Resample
feature_extraction.series._summary: SeriesSummary
feature_extraction.series._symbols: SymbolHistogram
feature_extraction.text._count_vectorizer: DPCountVectorizer DPVocabulary
feature_extraction.text._embedder: TextEmbedder
feature_extraction.text._hashed: HashedText
feature_extraction.text._sequence: HashedSequence
feature_extraction.text._tfidf_vectorizer: DPTfidfVectorizer
feature_selection._k_best: DPSelectKBest
feature_selection._percentile: DPSelectPercentile
feature_selection._variance: DPVarianceThreshold
impute._simple: DPSimpleImputer
linear_model._huber: DPHuberRegressor
linear_model._inference_gradients: Gradients
linear_model._lasso: DPElasticNet DPLasso
linear_model._lasso_cv: DPElasticNetCV DPLassoCV
linear_model._least_squares: Columns LeastSquares
linear_model._linear: DPLinearRegression
linear_model._log_links: DPGammaRegressor DPPoissonRegressor DPTweedieRegressor
linear_model._logistic: DPLogisticRegression
linear_model._quantile: DPQuantileRegressor
linear_model._ridge: DPRidge
linear_model._ridge_cv: DPRidgeCV
linear_model._sgd_classifier: DPSGDClassifier
linear_model._sgd_regressor: DPSGDRegressor
linear_model._svc: DPLinearSVC
losses._classes: Hinge Logistic Multinomial OneVsRest SquaredHinge
losses._counts: Gamma Poisson Tweedie
losses._focal: Focal
losses._numbers: Huber Quantile Squared
marginals._fit: Measured
marginals._junction: JunctionTree
marginals._model: GraphicalModel
mechanisms._additive: Gaussian Laplace
mechanisms._discrete: DiscreteGaussian DiscreteLaplace
mechanisms._entropy: Entropy
mechanisms._sampled: SampledGaussian SampledLaplace
mechanisms._selection: Exponential NoisyMax PermuteAndFlip
mechanisms._splits: Splits
mechanisms._threshold: AboveThreshold ThresholdedRelease
metrics._measurement: Measurement
mixture._gaussian: DPGaussianMixture
model_selection._folds: IndependentFolds
model_selection._grid_search: DPGridSearchCV
model_selection._novelty: DPNoveltyThreshold
model_selection._of_one: DPOfOne
model_selection._randomized_search: DPRandomizedSearchCV
model_selection._search: DPSearch
model_selection._threshold: DPTunedThresholdClassifier
multiclass._one_vs_rest: DPOneVsRestClassifier
multioutput._classes: DPMultiOutputClassifier
multioutput._numbers: DPMultiOutputRegressor
multioutput._per_output: DPPerOutput
multioutput._targets: DPMultiOutput
naive_bayes._bernoulli: DPBernoulliNB
naive_bayes._categorical: DPCategoricalNB
naive_bayes._complement: DPComplementNB
naive_bayes._gaussian: DPGaussianNB
naive_bayes._multinomial: DPMultinomialNB
neighbors._histogram_density: DPHistogramDensity
neighbors._nearest_centroid: DPNearestCentroid
neural_network._autoencoder: DPAutoencoder
neural_network._classifier: DPMLPClassifier
neural_network._look: Look
neural_network._regressor: DPMLPRegressor
over_sampling._components: Components
over_sampling._marginals: Marginals
over_sampling._random: DPRandomOverSampler
over_sampling._smote: DPSMOTE
over_sampling._smotenc: DPSMOTENC
over_sampling._synthetic: DPSyntheticOverSampler
pipeline._pipeline: DPPipeline
pipeline._union: DPFeatureUnion
preprocessing._block: Block
preprocessing._discretizer: DPKBinsDiscretizer
preprocessing._grouping: Grouping
preprocessing._hasher: CategoryHasher
preprocessing._min_max: DPMinMaxScaler
preprocessing._one_hot: DPOneHotEncoder
preprocessing._ordinal: DPOrdinalEncoder
preprocessing._outlier_clipper: DPOutlierClipper
preprocessing._power: DPPowerTransformer
preprocessing._quantile_transformer: DPQuantileTransformer
preprocessing._robust_scaler: DPRobustScaler
preprocessing._row_norm: RowNormClipper
preprocessing._spline: DPSplineTransformer
preprocessing._standard: DPStandardScaler
preprocessing._target_encoder: DPTargetEncoder
queries._cell_tables: ColumnCells GroupCells
queries._networks: Network
queries._spread: Spread
queries._table_terms: AddCellTerms
robustness._smoothed: SmoothedClassifier
rows._column: Column
rows._units: UnitClip
schema._declared: Schema
schema._field: Field
synthesis._codebook: Codebook
synthesis._columns: Layout Singles
synthesis._conditions: Condition
synthesis._distances: Distances MarginalDistances
synthesis._drawing: Drawing
synthesis._groups: Grouped
synthesis._learning: TableModel
synthesis._synthesizer: DPTabularSynthesizer
synthesis._values: ColumnValues
tables._bins: TableBins
tables._ranges: Range
tree._classes: DPDecisionTreeClassifier
tree._numbers: DPDecisionTreeRegressor
trees._complete: CompleteTrees
trees._forest: Forest
trees._maps: AddForest AddTree
trees._splits: Split
trees._tree: Tree
under_sampling._random: DPRandomUnderSampler
under_sampling._row_filter: RowFilter
"""
_OTHERS = (
    "dp_accounting.dp_event.ComposedDpEvent",
    "dp_accounting.dp_event.DiscreteLaplaceDpEvent",
    "dp_accounting.dp_event.GaussianDpEvent",
    "dp_accounting.dp_event.LaplaceDpEvent",
    "dp_accounting.dp_event.MixtureOfGaussiansDpEvent",
    "dp_accounting.dp_event.NoOpDpEvent",
    "dp_accounting.dp_event.NonPrivateDpEvent",
    "dp_accounting.dp_event.PoissonSampledDpEvent",
    "dp_accounting.dp_event.RandomizedResponseDpEvent",
    "dp_accounting.dp_event.RepeatAndSelectDpEvent",
    "dp_accounting.dp_event.SampledWithReplacementDpEvent",
    "dp_accounting.dp_event.SampledWithoutReplacementDpEvent",
    "dp_accounting.dp_event.SelfComposedDpEvent",
    "dp_accounting.dp_event.SingleEpochTreeAggregationDpEvent",
    "dp_accounting.dp_event.TruncatedSubsampledGaussianDpEvent",
    "dp_accounting.dp_event.UnsupportedDpEvent",
    "dp_accounting.dp_event.ZCDpEvent",
    "scipy._lib.array_api_compat.numpy._aliases.asarray",
    "scipy.interpolate._bsplines.BSpline",
)


def _names(text):
    for line in text.split("\n"):
        module, _, classes = line.partition(": ")
        for name in classes.split():
            yield f"skprivate.{module}.{name}"


TRUSTED_TYPES = frozenset([*_names(_OURS), *_OTHERS])
