import PushSender
import Testing

struct LocaleTagTests {
    @Test(arguments: [
        ("de", "de"), ("DE", "de"), ("de_at", "de-AT"), ("de-at", "de-AT"), ("pt-BR", "pt-BR"), ("PT_br", "pt-BR"), ("gsw", "gsw"),
        ("es-419", "es-419"), ("zh-hant-tw", "zh-Hant-TW"), ("ZH_HANT_TW", "zh-Hant-TW"), ("sr-latn", "sr-Latn"),
        ("zh-YUE-hk", "zh-yue-HK"), ("de-ch-1996", "de-CH-1996"), ("SL-ROZAJ-BISKE", "sl-rozaj-biske"), ("en_US_POSIX", "en-US-posix"),
        // The examples of RFC 5646 §2.1.1: nothing is raised behind what opens an extension.
        ("EN-ca-X-CA", "en-CA-x-ca"), ("AZ-latn-X-LATN", "az-Latn-x-latn"), ("en-US-U-CA-Gregory", "en-US-u-ca-gregory"),
        ("de-DE-u-co-phonebk", "de-DE-u-co-phonebk"), ("abcdefgh", "abcdefgh"),
    ])
    func aTagHasOneSpelling(_ text: String, _ name: String) throws {
        #expect(try LocaleTag.checked(text, field: "locale") == name)
        #expect(LocaleTag(name)?.name == name)
    }

    @Test(arguments: [
        "", "-", "_", "d", "1", "12", "de-", "-de", "de--AT", "de AT", "de/AT", "de_AT@euro", "de_AT.UTF-8", "zh_TW_#Hant", "abcdefghi",
        "de-abcdefghi", "de-x", "i-klingon", "x-private", "*", "de-*", "d1", "dé", "ｄｅ", "de\n", "de\u{0}", " de", "de\u{301}", "🇦🇹",
        "de-AT; q=1", "de,en", "de-u", "../etc",
    ])
    func whatIsNoTagIsRefused(_ text: String) {
        let problem = #expect(throws: PushProblem.self) { try LocaleTag.checked(text, field: "locale") }
        #expect(problem?.field == "locale")
        #expect(problem?.message.contains("pt-BR") == true)
    }

    @Test func aTagHasALimit() {
        let longest = "de" + String(repeating: "-abcdefg", count: 7) + "-abcde"
        #expect(longest.utf8.count == LocaleTag.limitBytes)
        #expect(LocaleTag(longest) != nil)
        #expect(LocaleTag(longest + "f") == nil)
    }

    @Test(arguments: [
        ("de", ["de"]), ("de_at", ["de-AT", "de"]), ("zh-hant-tw", ["zh-Hant-TW", "zh-Hant", "zh"]),
        // RFC 4647 §3.4: what opens an extension goes with what it opens.
        ("zh-Hant-CN-x-private1-private2", ["zh-Hant-CN-x-private1-private2", "zh-Hant-CN-x-private1", "zh-Hant-CN", "zh-Hant", "zh"]),
        ("en-US-u-ca-gregory", ["en-US-u-ca-gregory", "en-US-u-ca", "en-US", "en"]),
        ("en-x-a-bc", ["en-x-a-bc", "en"]), ("en-a-bb-x-cc", ["en-a-bb-x-cc", "en-a-bb", "en"]),
    ])
    func aTagFallsBackToShorterOnes(_ text: String, _ chain: [String]) throws {
        #expect(try #require(LocaleTag(text)).chain == chain)
    }

    @Test(arguments: ["de", "zh-Hant-TW", "en-x-a-bc", "en-1-2-3-ab", "en-US-u-ca-gregory-x-a-b-cd"])
    func whateverATagFallsBackToIsATag(_ text: String) throws {
        for name in try #require(LocaleTag(text)).chain { #expect(LocaleTag(name)?.name == name, "\(name) of \(text)") }
    }
}
