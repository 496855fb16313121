/// Phrases, titles and sayings with numbers that stay words.
extension EnglishWriting {
    static let idioms = Idioms(
        """
        forty winks, forty thieves, forty days and forty nights, catch twenty two, twelve angry men, twelve monkeys, twelve apostles
        ten commandments, ten a penny, ten plagues, eleventh hour, nineteenth hole, sweet sixteen, sixteen candles, twenty twenty vision
        twenty questions, fifty shades, fifteen minutes of fame, thirty pieces of silver, thirty years war, hundred years war
        one hundred years of solitude, hundred years of solitude, twelve days of christmas, twelve step, hundred acre wood
        ninety nine red balloons, twenty thousand leagues, around the world in eighty days
        the whole nine yards, ocean s eleven, ocean s twelve, ocean s thirteen, third degree, two cents
        """, numberWords: EnglishNumeralReader.numberWords)
}
