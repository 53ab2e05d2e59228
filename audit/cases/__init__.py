"""From sightings to one wide row a case: the gate, what is one account, the tie to a person."""
