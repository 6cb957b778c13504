import JSON
import PushSender
import PushTemplates
import Testing

/// What a template makes of values.
struct MustacheTextTests {
    private let renderer = MustacheRenderer()

    private func render(_ text: String, _ form: TextForm = .plain, _ variables: [String: JSONValue] = [:]) throws -> String {
        try renderer.template(text, in: form).text(
            TextValues(
                variables: variables,
                device: ["id": .string("d1"), "tags": .object(["plan": .string("pro"), "langs": .array([.string("de")])])],
                user: ["id": .string("ann"), "address": .object(["city": .string("Graz")]), "vip": .bool(true)]))
    }

    @Test(arguments: [
        ("Hi {{name}}!", "Hi Ann!"),
        ("{{{name}}} {{&name}}", "Ann Ann"),
        ("{{ name }} {{!nothing}}", "Ann "),
        ("{{quote}}", #"<a> & "b""#),
        ("{{missing}}.", "."),
        ("{{count}} {{price}} {{yes}}", "3 1.5 true"),
        ("{{#count}}{{count}}{{/count}}{{^missing}} none{{/missing}}", "3 none"),
        ("{{#empty}}x{{/empty}}{{^empty}}nobody{{/empty}}", "nobody"),
        ("{{#items}}{{.}}{{^last()}}, {{/last()}}{{/items}}", "a, b"),
        ("{{items}}", "a, b"),
        ("{{#none}}x{{/none}}{{^none}}-{{/none}}", "-"),
        ("{{uppercased(name)}} {{capitalized(user.id)}}", "ANN Ann"),
        ("{{user.address.city}} {{device.tags.plan}} {{device.tags.other}}|", "Graz pro |"),
        ("{{#user.vip}}VIP{{/user.vip}}{{#device.tags.langs}}[{{.}}]{{/device.tags.langs}}", "VIP[de]"),
        ("{{user.address}}{{device.tags}}", ""),
        ("a { b }} {x} {{name}}", "a { b }} {x} Ann"),
        ("{{secret}}", "{{name}}"),
    ])
    func aTemplateIsFilledIn(_ template: String, _ expected: String) throws {
        let text = try render(
            template, .plain,
            [
                "name": .string("Ann"), "quote": .string(#"<a> & "b""#), "count": .integer(3), "price": .number(1.5), "yes": .bool(true),
                "items": .array([.string("a"), .string("b")]), "none": .array([]), "empty": .string(""), "secret": .string("{{name}}"),
            ])
        #expect(text == expected)
    }

    @Test(arguments: [
        "{{name", "{{#name}}", "{{#name}}{{/other}}", "{{/name}}", "{{name}} {", "{{na me}}", "{{}}", "{{ }}", "{{#}}x{{/}}",
        "{{>partial}}", "{{<parent}}{{/parent}}", "{{$block}}{{/block}}", "{{=<% %>=}}", "{{% CONTENT_TYPE: HTML }}", "{{*name}}",
        "{{>*name}}", "{{.name}}", "{{a..b}}", "{{.}}", "{{last()}}", "{{plusone(n)}}", "{{reversed(name)}}", "{{sorted(device.tags)}}",
        "{{uppercased(name}}",
        "{{uppercased name)}}", "{{{name}}", "{{{{name}}}}", "{{#name}}{{^name}}{{/name}}", "{{", "{{!", "{{name}\u{301}}",
    ])
    func whatIsNoTemplateIsRefused(_ template: String) {
        #expect(throws: TextProblem.self) { try renderer.template(template, in: .plain) }
    }

    @Test(arguments: [
        #"{"a": {{text}}}"#, #"{"a": "{{{name}}}"}"#, #"{"a": "{{&name}}"}"#, #"{"a": "\{{name}}"}"#, #"{"a": "{{#b}}"{{/b}}}"#,
        #"{"a": [{{#items}}{{.}},{{/items}}1]}"#, #"{"a": {{uppercased(n)}}}"#, "{\"a\": \"\u{301}{{#b}}x\"{{/b}}",
    ])
    func aJSONTemplateKeepsValuesInTheirPlace(_ template: String) {
        let problem = #expect(throws: (any Error).self) {
            let read = try renderer.template(template, in: .json)
            // A bare name is for whoever knows its type to judge.
            guard read.names.contains(where: { $0.isBare && !$0.isSection }) else { return }
            throw TextProblem("bare")
        }
        #expect(problem is TextProblem)
    }

    @Test func anAccentAfterAQuoteDoesNotUndoTheQuote() throws {
        let template = try renderer.template("{\"a\": \"\u{301}{{name}}\", \"b\": {{n}}}", in: .json)
        #expect(template.names.map(\.isBare) == [false, true])
    }

    @Test(arguments: [
        "<toast {{name}}/>", "<{{name}}/>", "<a x={{name}}/>", "<![CDATA[{{name}}]]>", "<!-- {{name}} -->", "<a>{{{name}}}</a>",
        "<a {{#b}}x='{{/b}}'/>",
    ])
    func anXMLTemplateKeepsValuesInTheirPlace(_ template: String) {
        #expect(throws: TextProblem.self) { try renderer.template(template, in: .xml) }
    }

    @Test func valuesAreEscapedAsXML() throws {
        let text = try render(
            "<toast launch='{{x}}'><text hint=\"{{x}}\"{{#y}} lang='de'{{/y}}>{{x}}</text></toast>", .xml,
            ["x": .string("</toast>'\"&{{y}}\u{0}"), "y": .bool(true)])
        let value = "&lt;/toast&gt;&#39;&quot;&amp;{{y}}"
        #expect(text == "<toast launch='\(value)'><text hint=\"\(value)\" lang='de'>\(value)</text></toast>")
    }

    @Test func listsInListsEndBeforeMemoryDoes() throws {
        let depth = 8
        let nested = String(repeating: "{{#l}}", count: depth) + "x" + String(repeating: "{{/l}}", count: depth)
        let list = JSONValue.array(Array(repeating: .string("y"), count: 64))
        #expect(throws: TextProblem.self) { try render(nested, .plain, ["l": list]) }
        #expect(throws: TextProblem.self) {
            try renderer.template("{{#l}}" + nested + "{{/l}}", in: .plain)
        }
    }

    @Test func theLongestListFitsTheLongestTemplate() throws {
        let text = try render(
            String(repeating: " ", count: 8192 - 17) + "{{#l}}{{.}}{{/l}}", .plain,
            ["l": .array(Array(repeating: .string(""), count: 64))])
        #expect(text.utf8.count == 8192 - 17)
    }

    @Test func aTextHasABoundInBytes() throws {
        #expect(try render("{{x}}", .plain, ["x": .string(String(repeating: "é", count: 4096))]).utf8.count == 8192)
        #expect(throws: TextProblem.self) { try render("{{x}}", .plain, ["x": .string(String(repeating: "é", count: 4097))]) }
        #expect(throws: TextProblem.self) { try renderer.template(String(repeating: "a", count: 8190) + "{{x}}", in: .plain) }
    }

    /// The parser looks at the rest of the text at every brace.
    @Test func bracesWithoutEndCostLittle() throws {
        let clock = ContinuousClock()
        let time = try clock.measure { _ = try renderer.template(String(repeating: "{ ", count: 4090) + "{{x}}", in: .plain) }
        #expect(time < .seconds(5))
    }
}
