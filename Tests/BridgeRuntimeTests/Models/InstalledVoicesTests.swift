import BridgeRuntime
import BridgeSupport
import ModelStore
import Testing

/// Which voice answers a request that names a language.
@Suite(.timeLimit(.minutes(1))) struct InstalledVoicesTests {
    private func voices(_ installed: String..., default: String? = "fr_FR-upmc-medium") throws -> InstalledVoices {
        InstalledVoices(installed, default: `default`, catalogue: try Catalogue.bundled())
    }

    @Test(arguments: ["en", "EN", "en-US", "en_us", "English", "anglais", "Anglais"])
    func aLanguageIsTakenByCodeAndName(_ language: String) throws {
        #expect(try voices("en_US-joe-medium").best(speaking: language) == "en_US-joe-medium")
    }

    @Test func theDefaultVoiceIsTheBestOfItsLanguage() throws {
        let voices = try voices(
            "en_US-joe-medium", "fr_FR-siwis-medium", "fr_FR-tom-medium", default: "fr_FR-tom-medium")
        #expect(try voices.best(speaking: "fr") == "fr_FR-tom-medium")
    }

    @Test func theRecommendedVoiceComesBeforeOthersAndThoseBeforeTheBuiltInOne() throws {
        #expect(try voices("en_GB-alan-low", "en_US-joe-medium").best(speaking: "en") == "en_US-joe-medium")
        #expect(try voices("en_GB-alan-low").best(speaking: "en") == "en_GB-alan-low")
        #expect(try voices().best(speaking: "en") == "espeak-en")
        #expect(try voices(default: "espeak-en").best(speaking: "fr") == "espeak-fr")
    }

    @Test func aRegionIsPreferredAndNotRequired() throws {
        let both = try voices("en_GB-alan-low", "en_US-joe-medium")
        #expect(try both.best(speaking: "en-GB") == "en_GB-alan-low")
        #expect(try both.best(speaking: "en-AU") == "en_US-joe-medium")
    }

    @Test func aVoiceThatNoListHasSpeaksWhatItsNameSays() throws {
        #expect(try voices("de_DE-maison-medium").best(speaking: "deutsch") == "de_DE-maison-medium")
        // Nobody knows what this one speaks, so that it is never chosen, and never refused.
        let voices = try voices("oma")
        #expect(throws: ServiceError.self) { try voices.best(speaking: "de") }
        try voices.check("oma", speaks: "de")
    }

    @Test func whatNobodySpeaksIsToldWithWhatThereIs() throws {
        let error = #expect(throws: ServiceError.self) { try voices("en_US-joe-medium").best(speaking: "de") }
        #expect(error?.code == .voiceNotFound && error?.param == "language")
        #expect(error?.message.contains("No installed voice speaks de; those here speak fr, en.") == true)
        let none = #expect(throws: ServiceError.self) { try voices().best(speaking: "klingon") }
        #expect(none?.code == .invalidRequest && none?.param == "language")
    }

    @Test func aVoiceAndALanguageMustAgree() throws {
        let voices = try voices("en_US-joe-medium")
        try voices.check("en_US-joe-medium", speaks: "anglais")
        let error = #expect(throws: ServiceError.self) { try voices.check("en_US-joe-medium", speaks: "fr") }
        #expect(error?.code == .invalidRequest && error?.param == "language")
        #expect(error?.message.contains("en_US-joe-medium speaks en, and the language asked for is fr") == true)
        // The loader says of a voice that is not here what there is to say.
        try voices.check("nobody", speaks: "fr")
    }
}
