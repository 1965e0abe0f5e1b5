"""Which records may be of one person, over a whole register: Fellegi and Sunter's model, its weights estimated by Splink.

    linking = Linkage()                                      # DuckDB in memory: nothing of it ever touches a disk
    linking.load(records.columns(record) for record in …)    # names are folded here, in memory only
    linking.prepare()
    linking.train()
    for piece in range(linking.pieces):
        pairs = linking.compare(piece, least=-8)             # {"one", "other", "weight", "levels"}
    linking.close()

`proposals.chosen` then keeps the few for each record that are worth a person's time. A pair is a question, never a decision.
The same settings run on Spark: `Linkage(engines.OnSpark(session))`, docs/how-to/link-on-spark.md.
"""

__all__ = ["Linkage"]


def __getattr__(name):
    if name != "Linkage":
        raise AttributeError(name)
    from romsai.people.linkage.linking import Linkage  # not before it is needed: every web process would carry DuckDB and Splink

    return Linkage
