"""How common words of English are: a public fact, so it costs nothing.

The commonest words, from memory, in about that order: frequency falls as one by rank
(Zipf), and for the little that is made of it a rank that is off by half is as good.
"""

from math import log

_WORDS = """
the of and to a in is it that for was on are as with his they be at one have this from
or had by not but what all were we when your can said there use an each which she do how
their if will up other about out many then them these so some her would make like him
into time has look two more write go see number no way could people my than first been
who its now find long down day did get come made may part over new after also back
little only me our just very any know most good where much before too must even such
here why again off went still own while last might well never let same another because
does through off during between own every both under those few since always something
nothing though think things thing being around us am should really don didn doesn isn
wasn couldn wouldn ve re ll year years man men woman old great place world work life
right take three want give came year however against house hand high small end put
home read need large big different move try kind ask us turn every near add food between
keep tree start city earth eye light thought head story saw left few along close night
seem next hard open example begin got group often run important until children side feet
car mile sure lot yes say says done getting making going goes gone having seen looks
looking four five six second anything everything someone anyone enough quite less least
rather almost perhaps yet ever else either whether without within upon among above below
himself herself itself themselves myself yourself once already maybe today course point
fact bit far best better whole real pretty least actually probably money family school
"""
_RARE = 20_000  # the rank of what is not listed


def english_idf():
    """Weights of common words of English, as logarithms, and that of all others.

    Returns
    -------
    weights : dict of str to float
    other : float
    """
    ranked = reversed([*enumerate(_WORDS.split(), 1)])  # the first place of a word
    return {word: log(1 + rank) for rank, word in ranked}, log(1 + _RARE)
