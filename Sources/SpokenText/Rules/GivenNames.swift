/// Names of people that tell what stands behind them.
enum GivenNames {
    /// Behind them "M." is the letter of a second name, rather than a title: "John M. Smith".
    static let beforeInitials: WordSet = WordSet(
        """
        Adam Albert Alice Allen Andrew Anne Anthony Arthur Benjamin Brian Bruce Charles Chris Christopher Daniel David \
        Dennis Donald Edgar Edward Elizabeth Eric Ernest Francis Frank Franklin Frederick Gary George Gerald Gordon Harold \
        Harry Helen Henry Howard Hugh Isaac Jack James Jane Janet Jason Jeffrey Jennifer Jerome Jim Joe John Joseph Julia \
        Karen Kenneth Kevin Larry Lawrence Leonard Linda Lisa Margaret Mark Martha Martin Mary Matthew Michael Nancy Neil \
        Oliver Oscar Patricia Patrick Paul Peter Philip Ralph Raymond Richard Robert Roger Ronald Ruth Samuel Sandra Sarah \
        Scott Sidney Stephen Steven Susan Theodore Thomas Timothy Walter Warren William
        """)
}
