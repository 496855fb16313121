import EspeakNG
import Foundation
import SpokenText
import Testing
@testable import TextToSpeech

/// Texts that espeak-ng reads like a foreigner sound as a person reads them.
@Suite(.timeLimit(.minutes(5))) struct SpokenWordsTests {
    @Test(arguments: [
        ("Il est 18h30.", "Il est dix-huit heures trente."), ("8h", "huit heures"), ("14h05", "quatorze heures cinq"),
        ("0h15", "zéro heure quinze"), ("20h", "vingt heures"), ("Le 2e jour", "Le deuxième jour"),
        ("La 21e", "La vingt et unième"), ("Le 75e", "Le soixante-quinzième"), ("La 1re", "La première"),
        ("Le 2nd", "Le second"), ("La 2nde", "La seconde"), ("Au XXIe siècle", "Au vingt et unième siècle"),
        ("Le XVIIIe", "Le dix-huitième"), ("Le IIe", "Le deuxième"), ("Ier", "premier"),
        ("Louis XIV", "Louis quatorze"),
        ("Henri IV", "Henri quatre"), ("chapitre IV", "chapitre quatre"), ("-5 °C", "moins cinq degrés Celsius"),
        ("-7", "moins sept"), ("12,50 €", "douze euros cinquante"), ("$5", "cinq dollars"),
        ("01/02/2026", "premier février deux mille vingt-six"),
        ("14/07/1789", "quatorze juillet mille sept cent quatre-vingt-neuf"), ("1/2", "un demi"),
        ("3/4", "trois quarts"),
        ("2x4", "deux fois quatre"), ("10 km/h", "dix kilomètres par heure"), ("250 g", "deux cent cinquante grammes"),
        ("2 L", "deux litres"), ("30 min", "trente minutes"), ("45 s", "quarante-cinq secondes"),
        ("15 kWh", "quinze kilowattheures"), ("25 m²", "vingt-cinq mètres carrés"), ("12 V", "douze volts"),
        ("60 W", "soixante watts"), ("500 Mo", "cinq cents mégaoctets"), ("M. Dupont", "monsieur Dupont"),
        ("n° 5", "numéro cinq"), ("CO2", "C O deux"), ("#5", "numéro cinq"), ("2 = 2", "deux égale deux"),
        ("3 ≥ 2", "trois supérieur ou égal à deux"), ("5 - 3", "cinq moins trois"),
        ("5-10 minutes", "cinq à dix minutes"),
        ("jean@exemple.fr", "jean arobase exemple point fr"), ("https://exemple.fr/a", "exemple point fr slash a"),
        ("**gras**", "gras"), ("Bravo 🎉", "Bravo"),
    ])
    func whatEspeakReadsWronglySoundsAsAPersonReadsIt(_ written: String, _ read: String) async throws {
        let espeak = try EspeakNG.shared()
        let spoken = SpokenText(written, locale: .france).text
        let phonemes = try await espeak.clauses(of: spoken, voice: "fr")
        #expect(
            try await phonemes.map(\.phonemes) == espeak.clauses(of: read, voice: "fr").map(\.phonemes), "\(spoken)")
    }

    @Test func sentencesKeepTheTextThatWasWritten() {
        let written = "M. Roux a 21 ans. Il **dort** à 18h30.\n- Oui 😀"
        var captions = Captions(SpokenText(written, locale: .france), of: written)
        #expect(captions.original(of: "monsieur Roux a vingt et un ans.") == "M. Roux a 21 ans.")
        #expect(captions.original(of: "Il dort à dix-huit heures trente.") == "Il **dort** à 18h30.")
        #expect(captions.original(of: "Oui") == "- Oui 😀" || captions.original(of: "Non") == "Non")
    }
}
