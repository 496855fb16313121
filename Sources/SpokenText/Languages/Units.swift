/// A unit of measurement, as it is written and said.
final class Unit: Sendable {
    let french: UnitName
    let english: UnitName
    /// Whether its square is one of an area.
    let isLength: Bool
    /// Whether so much of something comes in packs, or so long in rounds: "6 x 1,5 L", "2 x 10 min".
    let isAmount: Bool

    private init(_ fields: [String]) {
        let marks = fields.count > 5 ? fields[5] : ""
        french = UnitName(singular: fields[1], plural: fields[2], gender: marks.contains("f") ? .feminine : .masculine)
        english = UnitName(singular: fields[3], plural: fields[4])
        (isLength, isAmount) = (marks.contains("l"), marks.contains("a"))
    }

    /// Symbols, French singular and plural, English singular and plural; "f" for a French feminine, "l" for a length, "a" for an amount.
    private static let table = """
        km KM Km Kms kms KMS|kilomètre|kilomètres|kilometre|kilometres|l
        m|mètre|mètres|metre|metres|l
        dm|décimètre|décimètres|decimetre|decimetres|l
        cm CM|centimètre|centimètres|centimetre|centimetres|l
        mm MM|millimètre|millimètres|millimetre|millimetres|l
        µm μm|micromètre|micromètres|micrometre|micrometres|l
        nm|nanomètre|nanomètres|nanometre|nanometres|l
        ha|hectare|hectares|hectare|hectares
        kg Kg KG kgs Kgs KGS|kilogramme|kilogrammes|kilogram|kilograms|a
        g gr grs Gr|gramme|grammes|gram|grams|a
        mg MG|milligramme|milligrammes|milligram|milligrams|a
        pg|picogramme|picogrammes|picogram|picograms|a
        ng|nanogramme|nanogrammes|nanogram|nanograms|a
        mmHg|millimètre de mercure|millimètres de mercure|millimetre of mercury|millimetres of mercury|l
        µg μg|microgramme|microgrammes|microgram|micrograms|a
        t|tonne|tonnes|tonne|tonnes|f
        L l|litre|litres|litre|litres|a
        hl hL|hectolitre|hectolitres|hectolitre|hectolitres|a
        dl dL DL|décilitre|décilitres|decilitre|decilitres|a
        cl cL CL Cl|centilitre|centilitres|centilitre|centilitres|a
        ml mL ML|millilitre|millilitres|millilitre|millilitres|a
        µl µL μl μL|microlitre|microlitres|microlitre|microlitres|a
        mUI|milli-unité internationale|milli-unités internationales|milli-international unit|milli-international units|f
        K|kelvin|kelvins|kelvin|kelvins
        Å|angström|angströms|angstrom|angstroms
        h hr hrs|heure|heures|hour|hours|fa
        min mn mins MIN|minute|minutes|minute|minutes|fa
        s sec Sec SEC|seconde|secondes|second|seconds|fa
        ms|milliseconde|millisecondes|millisecond|milliseconds|fa
        µs μs|microseconde|microsecondes|microsecond|microseconds|fa
        ns|nanoseconde|nanosecondes|nanosecond|nanoseconds|fa
        j|jour|jours|day|days
        W|watt|watts|watt|watts
        kW KW kw Kw|kilowatt|kilowatts|kilowatt|kilowatts
        MW|mégawatt|mégawatts|megawatt|megawatts
        GW|gigawatt|gigawatts|gigawatt|gigawatts
        mW|milliwatt|milliwatts|milliwatt|milliwatts
        Wh wh WH|wattheure|wattheures|watt-hour|watt-hours|a
        kWh KWh KWH kwh Kwh|kilowattheure|kilowattheures|kilowatt-hour|kilowatt-hours|a
        MWh|mégawattheure|mégawattheures|megawatt-hour|megawatt-hours|a
        GWh|gigawattheure|gigawattheures|gigawatt-hour|gigawatt-hours|a
        TWh|térawattheure|térawattheures|terawatt-hour|terawatt-hours|a
        Wc|watt-crête|watts-crête|watt peak|watts peak|a
        kWc|kilowatt-crête|kilowatts-crête|kilowatt peak|kilowatts peak
        VA|voltampère|voltampères|volt-ampere|volt-amperes
        kVA|kilovoltampère|kilovoltampères|kilovolt-ampere|kilovolt-amperes
        V|volt|volts|volt|volts
        kV|kilovolt|kilovolts|kilovolt|kilovolts
        mV|millivolt|millivolts|millivolt|millivolts
        A|ampère|ampères|ampere|amperes
        mA|milliampère|milliampères|milliampere|milliamperes
        Ah|ampère-heure|ampères-heure|ampere-hour|ampere-hours|a
        mAh|milliampère-heure|milliampères-heure|milliampere-hour|milliampere-hours|a
        µF μF|microfarad|microfarads|microfarad|microfarads
        nF|nanofarad|nanofarads|nanofarad|nanofarads
        pF|picofarad|picofarads|picofarad|picofarads
        kΩ|kilo-ohm|kilo-ohms|kilohm|kilohms
        MΩ|mégohm|mégohms|megohm|megohms
        Ω|ohm|ohms|ohm|ohms
        Hz HZ hz|hertz|hertz|hertz|hertz
        kHz KHz|kilohertz|kilohertz|kilohertz|kilohertz
        MHz Mhz MHZ|mégahertz|mégahertz|megahertz|megahertz
        GHz Ghz GHZ|gigahertz|gigahertz|gigahertz|gigahertz
        dB dBA DB db|décibel|décibels|decibel|decibels
        lm|lumen|lumens|lumen|lumens
        lx lux|lux|lux|lux|lux
        cd|candela|candelas|candela|candelas|f
        Pa|pascal|pascals|pascal|pascals
        hPa|hectopascal|hectopascals|hectopascal|hectopascals
        kPa|kilopascal|kilopascals|kilopascal|kilopascals
        bar|bar|bars|bar|bars
        mbar|millibar|millibars|millibar|millibars
        N|newton|newtons|newton|newtons
        J|joule|joules|joule|joules
        Nm|newton-mètre|newtons-mètre|newton-metre|newton-metres
        Bq|becquerel|becquerels|becquerel|becquerels
        kJ|kilojoule|kilojoules|kilojoule|kilojoules
        cal|calorie|calories|calorie|calories|f
        kcal Kcal KCAL|kilocalorie|kilocalories|kilocalorie|kilocalories|f
        ch|cheval|chevaux|horsepower|horsepower
        mol|mole|moles|mole|moles|f
        mmol|millimole|millimoles|millimole|millimoles|f
        ko Ko|kilo-octet|kilo-octets|kilobyte|kilobytes
        Mo mo MO|mégaoctet|mégaoctets|megabyte|megabytes
        Go go GO|gigaoctet|gigaoctets|gigabyte|gigabytes
        To|téraoctet|téraoctets|terabyte|terabytes
        Po|pétaoctet|pétaoctets|petabyte|petabytes
        Kio kio|kibioctet|kibioctets|kibibyte|kibibytes
        Mio MiB|mébioctet|mébioctets|mebibyte|mebibytes
        Gio GiB|gibioctet|gibioctets|gibibyte|gibibytes
        kB KB|kilo-octet|kilo-octets|kilobyte|kilobytes
        MB|mégaoctet|mégaoctets|megabyte|megabytes
        GB|gigaoctet|gigaoctets|gigabyte|gigabytes
        TB|téraoctet|téraoctets|terabyte|terabytes
        kbit|kilobit|kilobits|kilobit|kilobits
        Mbit Mb|mégabit|mégabits|megabit|megabits
        Gbit Gb|gigabit|gigabits|gigabit|gigabits
        kbps|kilobit par seconde|kilobits par seconde|kilobit per second|kilobits per second
        Mbps|mégabit par seconde|mégabits par seconde|megabit per second|megabits per second
        Gbps|gigabit par seconde|gigabits par seconde|gigabit per second|gigabits per second
        px|pixel|pixels|pixel|pixels
        Mpx MP|mégapixel|mégapixels|megapixel|megapixels
        ppm PPM|partie par million|parties par million|part per million|parts per million|f
        ppb|partie par milliard|parties par milliard|part per billion|parts per billion|f
        rpm|tour par minute|tours par minute|revolution per minute|revolutions per minute
        tr trs|tour|tours|revolution|revolutions
        kmh Kmh KMH|kilomètre par heure|kilomètres par heure|kilometre per hour|kilometres per hour
        bpm|battement par minute|battements par minute|beat per minute|beats per minute
        fps|image par seconde|images par seconde|frame per second|frames per second|f
        lb lbs LBS|livre|livres|pound|pounds|f
        oz|once|onces|ounce|ounces|f
        ft|pied|pieds|foot|feet|l
        yd|yard|yards|yard|yards
        mph MPH|mile à l'heure|miles à l'heure|mile per hour|miles per hour
        mi|mile|miles|mile|miles
        tsp|cuillère à café|cuillères à café|teaspoon|teaspoons|f
        tbsp Tbsp|cuillère à soupe|cuillères à soupe|tablespoon|tablespoons|f
        kt kts kn|nœud|nœuds|knot|knots
        ct cts|centime|centimes|cent|cents
        pt pts|point|points|point|points
        pers|personne|personnes|person|people|f
        Bft|Beaufort|Beaufort|Beaufort|Beaufort
        hab|habitant|habitants|inhabitant|inhabitants
        cp|comprimé|comprimés|tablet|tablets
        gal|gallon|gallons|gallon|gallons
        """

    /// With their symbols.
    static let all: [(symbols: [String], unit: Unit)] = table.split(separator: "\n").compactMap { line in
        let fields = line.split(separator: "|").map(String.init)
        return fields.count >= 5 ? (fields[0].split(separator: " ").map(String.init), Unit(fields)) : nil
    }

    static let symbols: WordTable<Unit> = {
        var found: [String: Unit] = [:]
        for (symbols, unit) in all {
            for symbol in symbols { found[symbol] = unit }
        }
        return WordTable(found)
    }()

    /// The singular names of some, in all languages.
    static func names(where isOne: (Unit) -> Bool) -> Set<String> {
        Set(symbols.allValues.filter(isOne).flatMap { [$0.french.singular, $0.english.singular] })
    }

    /// With what a unit behind a number may begin.
    static let heads = String(String.UnicodeScalarView(symbols.words.compactMap(\.unicodeScalars.first))) + "°º℃%‰s"

    /// Symbols that are other words in French.
    static let onlyInEnglish: WordSet = ["mi"]

    /// Symbols that are other words in English, where "pt" may be a pint.
    static let onlyInFrench: WordSet = [
        "go", "mo", "GO", "MO", "ko", "kms", "Kms", "KMS", "Gr", "Cl", "MIN", "wh", "WH", "pt",
    ]

    /// Symbols that are something else in some company.
    static let doubtful = onlyAttached.union(["V", "W", "DB", "t", "CM", "go", "tr", "trs", "K", "A", "Cl"])

    /// Letters that are units in a number's company only where nothing stands between them, or that are words of the language.
    static let onlyAttached: WordSet = ["N", "J", "ch", "cd", "gal"]

    /// Symbols that are other words behind small numbers: horses are a motor's from this many on, turns a machine's.
    static let leastOf: WordTable<UInt64> = ["ch": 100, "tr": 100, "trs": 100]

    /// Words behind a slash, "5 €/mois", that are not symbols.
    static let periods: WordSet = [
        "mois", "jour", "an", "semaine", "personne", "heure", "minute", "seconde", "nuit", "pers", "month", "day",
        "year", "week", "person", "hour", "minute", "second", "night", "kilo", "litre", "tour", "pièce",
        "sem", "trim", "repas", "match", "sac", "an", "page", "boîte", "face", "côté", "séance", "portion", "adulte",
        "enfant",
    ]
}
