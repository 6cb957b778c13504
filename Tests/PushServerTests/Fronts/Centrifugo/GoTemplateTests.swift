import Testing

@testable import PushServer

@Suite struct GoTemplateTests {
    @Test(arguments: [
        ("plain }} {", [GoTemplate.Part.text("plain }} {")]), ("", []), ("{{.a}}", [.value(["a"], default: "")]),
        ("x {{ .a.b_1 }} y", [.text("x "), .value(["a", "b_1"], default: ""), .text(" y")]),
        ("{{default [[a }} b]] .c}}", [.value(["c"], default: "a }} b")]), ("{{ default \"a\" `b` }}", [.text("b")]),
        ("{{default [[a]] [[]]}}", [.text("a")]), ("a \n{{- .b -}}\t c", [.text("a"), .value(["b"], default: ""), .text("c")]),
        ("{{.a}}}", [.value(["a"], default: ""), .text("}")]),
    ])
    func templatesAreRead(_ text: String, _ parts: [GoTemplate.Part]) throws { #expect(try GoTemplate(text).parts == parts) }

    @Test(arguments: ["{{", "{{}}", "{{.a", "{{.a}", "{{if .a}}", "{{.a..b}}", "{{default}}", "{{default .a .b}}", "{{default [[a]]}}", "{{[[a}}", "{{{.a}}}"])
    func whatIsNoTemplateIsRefused(_ text: String) { #expect(throws: CentrifugoError.self) { _ = try GoTemplate(text) } }
}
