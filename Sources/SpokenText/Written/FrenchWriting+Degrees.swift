/// What degrees are of: words near them tell.
extension FrenchWriting {
    enum DegreeKind {
        case temperature
        /// Of an angle, of alcohol or on a map: without a scale.
        case angle
        /// Of a scale or a hierarchy, which have no sign.
        case step
    }

    func degreeKind(at start: Int) -> DegreeKind {
        if let behind = kind(behind: start) { return behind }
        // The nearest word before counts.
        var index = start - 1
        while index >= 0, index > start - 30, !transcript.text.isMark(index, ".!?;") {
            if let kind = Self.degreeKinds[transcript.key(index)] { return kind }
            index -= 1
        }
        return .temperature
    }

    /// "degrés d'inclinaison", "degrés nord", "degrés sur l'échelle de Richter".
    private func kind(behind start: Int) -> DegreeKind? {
        let text = transcript.text
        var (index, isNear) = (start + 1, true)
        while index < start + 14, text.isSpace(index) || text.isMark(index, "'’") || text.isWord(index) {
            if text.isWord(index) {
                let kind =
                    isNear && (transcript.isWord(index, Self.directions) || Self.points.contains(text.string(index)))
                    ? .angle : Self.degreeKinds[transcript.key(index)]
                // "vingt degrés et la pente est raide".
                if let kind, isNear || kind == .step { return kind }
                isNear = isNear && transcript.isWord(index, Self.from)
            }
            index += 1
        }
        return nil
    }

    private static let points: Set<String> = ["N", "S", "E", "O", "W"]
    private static let directions = WordKeySet(words: "nord sud est ouest")
    private static let degreeKinds = WordKeyTable<DegreeKind>(words: [
        (
            """
            thermostat chauffage four radiateur radiateurs clim climatisation température températures chaudière frigo congélateur eau \
            fait fera faisait dehors fièvre
            """, .temperature
        ),
        (
            """
            angle angles tourne tourner tournez tourné tournée pivote pivoter pivotez pivoté pivotement rotation incline incliner \
            inclinez inclinaison inclinée incliné penche penché penchée penchez bascule basculer oriente orienter orientez orienté \
            orientation pente pentes virage virages braque braquer volant azimut latitude longitude cap boussole vue vision \
            champ avis revirement triangle secteur panorama panoramique caméra objectif photo arc alcool alcools bière bières \
            vin vins rhum whisky vodka cidre liqueur pastis gin porto
            """, .angle
        ),
        (
            """
            magnitude échelle échelles richter mercalli hiérarchie hiérarchies séparation liberté parenté difficulté gravité \
            brûlure brûlures équation polynôme juridiction escalier compréhension lecture certitude noblesse cousin cousins cousine \
            grade grades échelon échelons
            """, .step
        ),
    ])
}
