/// Phrases, titles and sayings with numbers that stay words.
extension FrenchWriting {
    static let idioms = Idioms(
        """
        cent pas, cent coups, quatre cents coups, quatre cent coups, cent fois, cent sept ans, les cent jours, cent contre un, le donne en cent
        à cent à l heure, à deux cents à l heure, à deux cent à l heure, cent sous
        douze coups de midi, douze coups de minuit, treize à la douzaine, mon|ton|son|notre|votre|leur|leurs trente et un
        vingt dieux, vingt deux v là, vingt deux voilà, trente six chandelles, trente six du mois, trente six fois, trente six choses
        trente six mille, trente six façons, tous les trente six, an quarante,
        cherche|cherches|chercher|cherchez|cherchait|cherchent|cherchons midi à quatorze heures, bouillon d onze heures
        bouillon de onze heures, belle de onze heures, guerre de cent ans, guerre de trente ans, douze travaux, douze apôtres
        trente glorieuses, trente deniers, trente tyrans, dix commandements, dix plaies, onze de france, onze de départ, onze tricolore
        quarante voleurs, quarante immortels, cent ans de solitude, cinquante nuances, douze hommes en colère, douze salopards
        vingt mille lieues, vingt quatre heures du mans, vingt ans après, vingt fois sur le métier, dix de retrouvées, dix de retrouvés
        dix de perdus, dix contre un, dix de der, treize desserts, mille et une nuits
        onze mille vierges, trente et quarante, cent pour cent d accord, cent mille fois, euro symbolique, un euro symbolique
        trente six métiers, trente sixième dessous, treize à table
        le|mon|ton|son|notre|votre|leur quatre heures, attends|attendez deux secondes|minutes, ai pour deux secondes|minutes
        donne|donnez|laisse|laissez|accorde|accordez moi|nous deux secondes|minutes
        """, numberWords: FrenchNumeralReader.numberWords)
}
