// Written by Tools/whisper/language_names.py; change it there.

extension WhisperLanguages {
    /// A language a line: its code, then its names in English, in French and in itself, and its codes of three letters.
    static let names = """
        en: anglais, eng, english
        zh: chi, chinese, chinois, chinois mandarin, cmn, mandarin, putonghua, zho, 中文
        de: allemand, deu, deutsch, ger, german
        es: castellano, castillan, espagnol, español, spa, spanish
        ru: rus, russe, russian, русский
        ko: coréen, kor, korean, 한국어
        fr: fra, français, fre, french
        ja: japanese, japonais, jpn, 日本語
        pt: brazilian, brésilien, por, portugais, portuguese, português
        tr: tur, turc, turkish, türkçe
        pl: pol, polish, polonais, polski
        ca: cat, catalan, català, valencien
        nl: dut, dutch, flamand, nederlands, nld, néerlandais, vlaams
        ar: ara, arabe, arabic, العربية
        sv: suédois, svenska, swe, swedish
        it: ita, italian, italiano, italien
        id: bahasa indonesia, in, ind, indonesia, indonesian, indonésien
        hi: hin, hindi, हिन्दी
        fi: fin, finnish, finnois, suomi
        vi: tiếng việt, vie, vietnamese, vietnamien
        he: heb, hebrew, hébreu, iw, עברית
        uk: ukr, ukrainian, ukrainien, українська
        el: ell, gre, grec, grec moderne, greek, ελληνικά
        ms: bahasa melayu, malais, malay, may, melayu, msa
        cs: ces, cze, czech, tchèque, čeština
        ro: moldave, romanian, română, ron, roumain, rum
        da: dan, danish, danois, dansk
        hu: hongrois, hun, hungarian, magyar
        ta: tam, tamil, tamoul, தமிழ்
        no: bokmål, nb, nob, nor, norsk, norsk bokmål, norvégien, norvégien bokmål, norwegian, norwegian bokmål
        th: tha, thai, thaï, ไทย
        ur: ourdou, urd, urdu, اردو
        hr: croate, croatian, hrv, hrvatski
        bg: bul, bulgare, bulgarian, български
        lt: lietuvių, lit, lithuanian, lituanien
        la: lat, latin, latina
        mi: mao, maori, mri, māori, te reo
        ml: mal, malayalam, മലയാളം
        cy: cym, cymraeg, gallois, wel, welsh
        sk: slk, slo, slovak, slovaque, slovenčina
        te: tel, telugu, télougou, తెలుగు
        fa: farsi, fas, per, persan, persian, فارسی
        lv: latvian, latviešu, lav, letton
        bn: bangla, ben, bengali, বাংলা
        sr: serbe, serbian, srp, српски
        az: aze, azerbaijani, azerbaïdjanais, azərbaycan
        sl: slovenian, slovenščina, slovène, slv
        kn: kan, kannada, ಕನ್ನಡ
        et: eesti, est, estonian, estonien
        mk: mac, macedonian, macédonien, mkd, македонски
        br: bre, breton, brezhoneg
        eu: baq, basque, eus, euskara
        is: ice, icelandic, isl, islandais, íslenska
        hy: arm, armenian, arménien, hye, հայերեն
        ne: nep, nepali, népalais, नेपाली
        mn: mon, mongol, mongolian, монгол
        bs: bos, bosanski, bosnian, bosniaque
        kk: kaz, kazakh, қазақ тілі
        sq: alb, albanais, albanian, shqip, sqi
        sw: kiswahili, swa, swahili
        gl: galego, galician, galicien, glg
        mr: mar, marathi, मराठी
        pa: pan, panjabi, pendjabi, punjabi, ਪੰਜਾਬੀ
        si: cingalais, sin, singhalais, sinhala, සිංහල
        km: cambodgien, cambodian, khm, khmer, ខ្មែរ
        sn: chishona, shona, sna
        yo: yor, yoruba, èdè yorùbá
        so: som, somali, soomaali
        af: afr, afrikaans
        oc: occitan, oci
        ka: geo, georgian, géorgien, kat, ქართული
        be: bel, belarusian, biélorusse, беларуская
        tg: tadjik, tajik, tgk, тоҷикӣ
        sd: sindhi, snd, سنڌي
        gu: goudjarati, guj, gujarati, ગુજરાતી
        am: amh, amharic, amharique, አማርኛ
        yi: ji, yid, yiddish, ייִדיש
        lo: lao, ລາວ
        uz: ouzbek, o‘zbek, uzb, uzbek
        fo: fao, faroese, féroïen, føroyskt
        ht: créole, créole haïtien, haitian creole, hat, haïtien, kreyol, kreyòl ayisyen
        ps: pachto, pashto, pus, پښتو
        tk: tuk, turkmen, turkmène, türkmen dili
        nn: nno, norsk nynorsk, norvégien nynorsk, norwegian nynorsk
        mt: maltais, maltese, malti, mlt
        sa: san, sanskrit, संस्कृत भाषा
        lb: ltz, luxembourgeois, luxembourgish, lëtzebuergesch
        my: birman, bur, burmese, mya, မြန်မာ
        bo: bod, tib, tibetan, tibétain, བོད་སྐད་
        tl: fil, filipino, pilipino, tagalog, tgl
        mg: malagasy, malgache, mlg
        as: asm, assamais, assamese, অসমীয়া
        tt: tat, tatar, татар
        haw: hawaiian, hawaïen, ʻōlelo hawaiʻi
        ln: lin, lingala, lingála
        ha: haoussa, hau, hausa
        ba: bachkir, bak, bashkir, башҡорт
        jw: jav, javanais, javanese, jawa, jv
        su: basa sunda, soundanais, sun, sundanese
        yue: cantonais, cantonese, zh-yue, 粵語
        """
}
