/// Whether nouns that are counted are masculine or feminine: "un volet", "une lampe". Only "un" and "une" hang on it.
enum FrenchNouns {
    static func gender(of noun: Spelling) -> Gender {
        switch noun {
        case .letters(let letters): gender(of: Spelling.small(letters))
        case .word(let word): gender(of: isSmall(word) ? word : word.lowercased())
        }
    }

    /// Whether a word has nothing but small letters of Latin-1, as most nouns have, which is soon seen in their bytes.
    private static func isSmall(_ word: String) -> Bool {
        word.utf8.allSatisfy { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") || $0 >= 0xA0 && $0 <= 0xC3 }
    }

    /// Of up to eight small letters, one a byte.
    static func gender(of noun: UInt64) -> Gender {
        let genders = genders
        if let gender = genders[noun] { return gender }
        let last = UInt8(truncatingIfNeeded: noun)
        let isPlural = noun >> 24 != 0 && (last == UInt8(ascii: "s") || last == UInt8(ascii: "x"))
        return isPlural ? genders[noun >> 8] ?? gender(ofSingular: noun >> 8) : gender(ofSingular: noun)
    }

    private static func gender(of noun: String) -> Gender {
        if let gender = genders[.word(noun)] { return gender }
        guard noun.utf8.last == UInt8(ascii: "s") || noun.utf8.last == UInt8(ascii: "x"),
            Spelling.word(noun).has(letters: 4)
        else { return gender(ofSingular: .word(noun)) }
        let singular = Spelling(String(noun.dropLast()))
        return genders[singular] ?? gender(ofSingular: singular)
    }

    private static func gender(ofSingular noun: Spelling) -> Gender {
        switch noun {
        case .letters(let letters): gender(ofSingular: letters)
        case .word(let word): noun.has(letters: 5) && hasFeminineEnding(word) ? .feminine : .masculine
        }
    }

    private static func gender(ofSingular noun: UInt64) -> Gender {
        noun >> 32 != 0 && shortEndings.contains { noun & $0.mask == $0.letters } ? .feminine : .masculine
    }

    private static func hasFeminineEnding(_ noun: String) -> Bool {
        // Letters with their accents behind them are rare and compared slowly.
        guard !noun.unicodeScalars.contains(where: { (0x300...0x36F).contains($0.value) }) else {
            return feminineEndings.contains(where: noun.hasSuffix)
        }
        let found = noun.utf8.withContiguousStorageIfAvailable { letters in
            endings.contains { letters.suffix($0.count).elementsEqual($0) }
        }
        return found ?? feminineEndings.contains(where: noun.hasSuffix)
    }

    /// Words before a noun that don't show its gender: "une autre lampe", "un autre jour".
    static let hidingGender: WordSet = [
        "autre", "autres", "jeune", "jeunes", "simple", "simples", "double", "triple", "énorme", "vaste", "même",
        "demi",
    ]

    /// Of two capitals, as names of people and places are.
    static let initialisms: WordSet = ["BD", "TV"]

    /// Of nearly all nouns with them.
    private static let feminineEndings = [
        "tion", "sion", "xion", "aison", "té", "ette", "ure", "ence", "ance", "ée", "ie", "euse", "trice", "esse",
        "ière", "tude",
        "ise", "ade", "ine", "elle", "onne", "enne",
    ]

    private static let endings = feminineEndings.map { Array($0.utf8) }
    /// The same for words of up to eight letters.
    private static let shortEndings = feminineEndings.compactMap { Spelling.letters(of: $0) }.map { letters in
        (letters: letters, mask: UInt64.max >> UInt64(letters.leadingZeroBitCount & ~7))
    }

    private static let genders: WordTable<Gender> = {
        func words(_ words: String, are gender: Gender) -> [(String, Gender)] {
            words.split(separator: " ").map { (String($0), gender) }
        }
        let all = words(masculine, are: .masculine) + words(feminine, are: .feminine)
        return WordTable(Dictionary(all) { $1 })
    }()

    /// Exceptions to the endings.
    private static let masculine =
        """
        bastion squelette quartette quintette été côté comité pâté traité arrêté député karaté doigté aparté velouté comté raté \
        jeté décolleté invité murmure augure mercure parjure carbure chlorure sulfure cyanure bromure fluorure silence musée \
        lycée trophée mausolée apogée scarabée camée pygmée athée caducée périgée colisée incendie génie parapluie foie \
        messie sosie zombie cookie selfie brie amphibie cimetière derrière arrière stade grade jade nomade camarade malade \
        magazine domaine capitaine moine patrimoine vermicelle violoncelle polichinelle rebelle cours
        """

    /// What a house counts, beside the endings.
    private static let feminine =
        """
        minute heure seconde journée matinée soirée nuit semaine année fois personne femme fille dame mère sœur \
        soeur amie voisine page ligne phrase lettre carte photo image vidéo chanson piste playlist liste tâche \
        alarme alerte notification lumière lampe ampoule prise porte fenêtre pièce chambre maison cuisine salle \
        voiture rue place étape tonne calorie once tasse cuillère cuillerée cuiller assiette bouteille boîte boite \
        brique canette pomme poire orange banane tomate carotte tranche gousse feuille pincée portion part goutte \
        dose pilule gélule couche touche baguette crêpe pizza bière voix langue classe école équipe partie manche \
        victoire défaite balle tête main jambe fleur plante vache poule chèvre chaîne station radio télé émission \
        série saison machine lessive facture somme marche plage île ville région commune chaise table caméra \
        télécommande pile batterie clé clef copie erreur réponse question demande commande livraison tentative \
        tournée vitesse montagne étoile planète lune roue entrée sortie petite grande bonne belle nouvelle \
        première dernière seule vieille longue courte nouveauté moitié dizaine douzaine centaine paire bougie \
        branche brosse chaussette chemise robe veste jupe veillée virgule mention unité degrée mise note réunion \
        union opinion religion légion enceinte imprimante enveloppe casserole annonce adresse histoire idée pause \
        sirène vanne borne zone scène ambiance consigne règle routine tablette montre console souris manette \
        guirlande lanterne applique veilleuse hotte plaque poêle louche fourchette passoire planche marmite \
        théière nappe éponge serpillière poubelle couette taie couverture étagère armoire commode bibliothèque \
        penderie baignoire douche vasque bouche grille cave terrasse pelouse piscine haie tondeuse clôture \
        barrière allée cabane serre buanderie mezzanine véranda antenne box puce puissance panne fuite goulotte \
        multiprise rallonge bobine vis cheville agrafe perceuse échelle visseuse pince scie lime clémentine cerise \
        fraise framboise mûre figue datte noix noisette amande châtaigne pêche prune olive courgette aubergine \
        salade courge citrouille laitue betterave échalote oignonne huître crevette sardine truite dinde caille \
        saucisse côtelette escalope omelette tarte quiche tartelette galette gaufre glace soupe sauce mousse \
        croûte miche tartine biscotte confiture bouchée gorgée dosette capsule gourde carafe cruche cuve \
        ordonnance piqûre compresse pommade seringue visite consultation séance attelle béquille grippe toux croix \
        étiquette gomme trousse fiche pochette valise malle caisse palette benne moto trottinette remorque \
        roulotte caravane péniche barque locomotive rame gare rive frontière forêt rivière vallée colline falaise \
        grotte averse éclaircie rafale tempête canicule vague marée brise bourrasque tornade période époque ère \
        décennie fraction tierce ronde danse valse symphonie sonate octave mesure reine princesse tante nièce \
        cousine grand-mère copine invitée infirmière avocate maîtresse chatte chienne jument brebis truie oie cane \
        mouche abeille guêpe fourmi araignée tortue grenouille baleine girafe offre vente remise dette taxe prime \
        action banque bourse promo promotion enseigne boutique épicerie mèche allumette bûche braise cheminée \
        chaudière chaufferie bouilloire cafetière friteuse yaourtière sorbetière aide attente chute crise enquête \
        fête foire foule grève guerre loi messe paix peur preuve raison recette sorte suite trace voie vue date \
        durée appli info case base phase syllabe flèche dent oreille épaule fin chose cause vitre distance \
        botte barre boule finale rose couleur mer cage épée eau huile odeur chaleur douleur fleur peur largeur hauteur \
        longueur profondeur plume laine corde toile selle bride arme larme rame lame flamme crème saveur erreur vapeur lueur \
        sem gél \
        affaire affiche aiguille aile amende analyse ancre âme arnaque astuce attaque auberge auto autoroute avenue \
        bague baie bande barbe bataille bête bille bise blague blouse boisson bombe boucle boussole brioche bulle \
        cale campagne canne carapace cellule centrale chenille cible cime clause cloche clinique cloison colle \
        compote conso coquille corbeille côte coupe cour course crampe cravate crèche cuisse cure dépense diagonale \
        dispute dune écharpe écorce endive énigme épice épingle épreuve escale espèce excuse façon faille famille \
        faute fée ferme fève flûte foi fondue forme formule fortune fosse fresque frite grappe griffe grimace \
        groseille guitare halte hanche harpe herbe horloge humeur hypothèse impasse interview issue jarre jauge jeep \
        joue latte leçon légende lèvre lieue limite loge loupe maman mangue manif marge marque masse médaille méduse \
        menace merveille méthode meule mine mole molécule morue moustache musique nage neige niche noce nouille \
        nounou œuvre ombre onde paille palme pantoufle papille parenthèse parole pastèque pastille patate pâte patte \
        peau pédale pellicule pente perche perdrix perle perte pierre pieuvre pipe plainte plateforme poche pointe \
        police pompe poudre poutre prison queue rage raie râpe raviole recherche récolte récompense recrue remarque \
        rencontre rente requête ressource revue ride rime roche ronce rouille route rubrique ruche rumeur ruse \
        sandale sangle sauge sauvegarde soif sonde soucoupe source spatule sphère statue stupeur surface tache \
        taille taupe tente terre tige timbale tisane tombe torche tourte trappe tribu tribune truffe tuile tulipe \
        tumeur tunique valeur valve variante vertu victime vidange vie vigne villa vipère volaille comète lentille \
        quille brèche broche hache bâche perruche autruche cartouche fourche retouche ligue technique statistique \
        réplique fabrique thèse synthèse majuscule minuscule apostrophe strophe fable dépêche ong vmc irm tva bd tv \
        pme fougasse focaccia meringue mozzarella paella merguez chipolata andouille papaye goyave myrtille menthe madeleine \
        choucroute bouillabaisse interro visio clim rando expo perf pub récré météo compta disco oasis orbite paroi anse arche \
        arène artère balise banderole biche cascade chaloupe chorale console corne couronne cuvette dalle douane douille \
        éclipse émeute étable étincelle étoffe fiole fougère gaine gouttière graine grange hélice icône injure insulte \
        intrigue jungle lavande limace luge luciole marraine mascotte métropole moustiquaire panthère patrouille pelle \
        pergola pioche pirogue pivoine quenelle ravine semelle sève spirale sucette tige tique tirelire tomme turbine \
        urne usine varicelle vertèbre vitrine voûte
        """
}
