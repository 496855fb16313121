/* Writes the numerals of ICU, the oracle of Tests/SpokenTextTests: for each rule set, a digest (FNV-1a, 64 bits) of each 10,000 numbers up to
 * 1,000,000, with hyphens read as spaces, as the spelling of 1990 has more of them. Left out is what ICU has wrong in French: ordinals in 81 and 91
 * ("quatre-vingt-et-unième"), and in 1 and 11 behind hundreds ("cent et unième"), and the Belgian "quatre-vingts mille".
 *
 *     cc -o /tmp/icu_spellout Tools/spoken_text/icu_spellout.c $(pkg-config --cflags --libs icu-i18n icu-uc)
 *     /tmp/icu_spellout > Tests/SpokenTextTests/Fixtures/icu-numerals.txt
 *     /tmp/icu_spellout fr %spellout-ordinal-masculine 0 200     # one set, in words
 *
 * oracle.sh compares them all, in words. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

static UNumberFormat *open_set(const char *locale, const char *name) {
    UErrorCode status = U_ZERO_ERROR;
    UNumberFormat *format = unum_open(UNUM_SPELLOUT, NULL, 0, locale, NULL, &status);
    UChar set[64];
    u_uastrcpy(set, name);
    unum_setTextAttribute(format, UNUM_DEFAULT_RULESET, set, -1, &status);
    if (U_FAILURE(status)) {
        fprintf(stderr, "%s has no %s: %s\n", locale, name, u_errorName(status));
        exit(1);
    }
    return format;
}

static void spell(UNumberFormat *format, int number, char *text, int size) {
    UErrorCode status = U_ZERO_ERROR;
    UChar spelt[512];
    unum_format(format, number, spelt, 512, NULL, &status);
    u_strToUTF8(text, size, NULL, spelt, -1, &status);
    char *to = text;
    for (char *from = text; *from; from++) {
        if ((uint8_t)from[0] == 0xC2 && (uint8_t)from[1] == 0xAD) { from++; continue; }
        *to++ = *from == '-' ? ' ' : *from;
    }
    *to = 0;
}

static void digests(const char *locale, const char *name) {
    UNumberFormat *format = open_set(locale, name);
    int is_french = strncmp(locale, "fr", 2) == 0, is_ordinal = strstr(name, "ordinal") != NULL;
    char text[1024];
    printf("%s %s\n", locale, name);
    for (int block = 0; block < 100; block++) {
        uint64_t hash = 0xcbf29ce484222325u;
        for (int number = block * 10000; number < (block + 1) * 10000; number++) {
            int end = number % 100;
            if (is_french && is_ordinal && (end == 81 || end == 91 || (number > 100 && (end == 1 || end == 11)))) continue;
            if (strcmp(locale, "fr_BE") == 0 && number / 1000 % 100 == 80) continue;
            spell(format, number, text, sizeof text);
            strcat(text, "\n");
            for (char *byte = text; *byte; byte++) hash = (hash ^ (uint8_t)*byte) * 0x100000001b3u;
        }
        printf("%016llx\n", (unsigned long long)hash);
    }
    unum_close(format);
}

int main(int count, char **arguments) {
    if (count == 5) {
        char text[1024];
        UNumberFormat *format = open_set(arguments[1], arguments[2]);
        for (int number = atoi(arguments[3]); number < atoi(arguments[4]); number++) {
            spell(format, number, text, sizeof text);
            printf("%d %s\n", number, text);
        }
        unum_close(format);
        return 0;
    }
    for (const char *const *locale = (const char *const[]){"fr", "fr_BE", "fr_CH", NULL}; *locale; locale++) {
        digests(*locale, "%spellout-cardinal-masculine");
        digests(*locale, "%spellout-cardinal-feminine");
        digests(*locale, "%spellout-ordinal-masculine");
    }
    digests("en", "%spellout-cardinal");
    digests("en", "%spellout-ordinal");
    return 0;
}
