import Testing

@testable import PushServer

@Suite struct TemplatedJSONTests {
    private func translated(_ json: String, _ translations: [String: String] = [:], usesMeta: Bool = false) throws -> String {
        try TemplatedJSON(translations: translations, usesMeta: usesMeta).translated(json)
    }

    @Test(arguments: [
        #"{ "a" : [ 1.0, 12345678901234567890, 1e2, "plain \u00fc \/ { } }}" ] ,"b":{} }"#, #"{"a":{"b":{"c":"}}"}}}"#, "[]", "7", #""x""#, "{}",
    ])
    func whatHasNoTemplateStaysAsItIs(_ json: String) throws { #expect(try translated(json) == json) }

    @Test(arguments: [
        (#"{"t":"{{.device.id}}"}"#, #"{"t":"{{device.id}}"}"#), (#"{"t":"{{.device.user}}"}"#, #"{"t":"{{user.id}}"}"#),
        (#"{"t":"a{{ .nonsense }}b"}"#, #"{"t":"ab"}"#), (#"{"t":"{{.device.meta.x}}"}"#, #"{"t":""}"#),
        (#"{"t":"{{.l10n.g}} {{default [[hi]] .l10n.none}}"}"#, #"{"t":"Ol\"á\" hi"}"#),
        (#"{"t":"{ {{.device.id}} }"}"#, #"{"t":"\u007b {{device.id}} \u007d"}"#),
        (#"{"t":"{{default [[a \"b\"]] .device.user}}"}"#, #"{"t":"{{#user.id}}{{user.id}}{{/user.id}}{{^user.id}}a \"b\"{{/user.id}}"}"#),
        (#"{"{{.device.id}}":[{"x":["{{.l10n.g}}"]}]}"#, #"{"\u007b\u007b.device.id\u007d\u007d":[{"x":["Ol\"á\""]}]}"#),
        (#"{"t":"\u007b\u007b.device.id\u007d\u007d"}"#, #"{"t":"{{device.id}}"}"#), (#"{"t":"\u007B{.device.id}}"}"#, #"{"t":"{{device.id}}"}"#),
    ])
    func valuesOfStringsBecomeTheCoresTemplates(_ json: String, _ wanted: String) throws {
        #expect(try translated(json, ["g": #"Ol"á""#]) == wanted)
    }

    @Test func metadataAreTags() throws {
        #expect(try translated(#"["{{.device.meta.first_name}}"]"#, usesMeta: true) == #"["{{device.tags.first_name}}"]"#)
    }

    @Test func bracesInTranslationsAreNoTemplates() throws {
        #expect(try translated(#"["{{.l10n.g}}"]"#, ["g": "{{device.id}}"]) == #"["\u007b\u007bdevice.id\u007d\u007d"]"#)
    }

    @Test(arguments: ["{", "[1", #"["{{.a}}"#, String(repeating: "[", count: 100_000)])
    func whatIsNoJSONIsRefused(_ json: String) { #expect(throws: MalformedBody.self) { _ = try translated(json) } }

    @Test func theFoldedCaseOfNamesLeavesRawTextAlone() throws {
        struct Body: Decodable {
            let someRaw: String?
            let other: [String: String]?
        }
        let body = try GoJSON.decode(
            Body.self, Array(#"{"Some_RAW":{"A":1.0},"OTHER":{"Key_One":"v"}}"#.utf8), raw: [["some_raw"]])
        #expect(body.someRaw == #"{"A":1.0}"# && body.other == ["Key_One": "v"])
    }

    @Test func ofTwoNamesThatAreOneTheDecoderTakesEither() throws {
        struct Body: Decodable { let user: String? }
        let body = try GoJSON.decode(Body.self, Array(#"{"user":"a","USER":"b"}"#.utf8))
        #expect(["a", "b"].contains(body.user))
    }
}
