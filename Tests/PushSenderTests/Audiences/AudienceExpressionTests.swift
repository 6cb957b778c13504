import Foundation
import PushSender
import PushTesting
import Testing

@Suite struct AudienceExpressionTests {
    /// What is written, and how its tree is written out.
    @Test(arguments: [
        ("beta", #"tag("beta") == true"#), (#"plan == "pro""#, #"tag("plan") == "pro""#), (#"plan != "pro""#, #"tag("plan") != "pro""#),
        (
            #"plan == "pro" and (country in ["de","at"] or age >= 18) and not beta"#,
            #"tag("plan") == "pro" and (tag("country") in ["de", "at"] or tag("age") >= 18.0) and tag("beta") != true"#
        ), ("a or b and c", #"tag("a") == true or (tag("b") == true and tag("c") == true)"#),
        ("not a and b", #"tag("a") != true and tag("b") == true"#), ("not (a and b)", #"not (tag("a") == true and tag("b") == true)"#),
        ("not not a", #"not tag("a") != true"#), ("a == -2.5e3", #"tag("a") == -2500.0"#), ("a < false", #"tag("a") < false"#),
        (#"x not in [1, true, "y"]"#, #"tag("x") not in [1.0, true, "y"]"#),
        (#"has(tag("in")) or has(device.user)"#, #"has(tag("in")) or has(device.user)"#),
        (#"topic("a\"\u0041\n\ud83d\ude00")"#, #"topic("a\"A\u000a😀")"#),
        (#"device.app_version>="2.10"and device.platform=="ios""#, #"device.app_version >= "2.10" and device.platform == "ios""#),
        (#"device.last_seen > "30d ago""#, #"device.last_seen > "30d ago""#),
        (#"device.last_seen <= "2026-01-31T09:00:00+01:00""#, #"device.last_seen <= "2026-01-31T09:00:00+01:00""#),
        ("größe-2.x_y > 1", #"tag("größe-2.x_y") > 1.0"#), ("\n\ta\r\nand\u{a0}b ", #"tag("a") == true and tag("b") == true"#),
    ]) func isRead(_ text: String, _ tree: String) throws {
        let expression = try AudienceExpression(text)
        #expect(expression.condition.description == tree)
        #expect(try AudienceExpression(tree) == expression)
        #expect(expression.text == text)
    }

    /// What is wrong, where, and a word of what to do about it.
    @Test(arguments: [
        ("", 0, "a tag's name"), ("   ", 3, "a tag's name"), ("plan ==", 7, "a value was expected"), ("plan = 1", 5, "write \"==\""),
        ("a && b", 2, "write \"and\""), ("a || b", 2, "write \"or\""), ("!a", 0, "write \"not\""), ("plan == 'x'", 8, "write \"…\""),
        ("a <> 1", 2, "write \"!=\""), ("a b", 2, "\"and\", \"or\" or the end"), ("a AND b", 2, "write \"and\""),
        ("(a", 2, "\")\" was expected"), ("a)", 1, "the end"), ("a in []", 6, "a value"), ("a in [1,]", 8, "a value"),
        ("a in [1", 7, "\"]\""), ("a in 1", 5, "\"[\""), ("a not b", 6, "\"in\""), ("a == b", 5, "a value"), ("and", 0, "tag(\"and\")"),
        ("has a", 4, "\"(\""), ("has()", 4, "a tag's name"), ("topic(x)", 6, "quotes"), ("topic(\"\")", 6, "quotes"),
        ("tag(\"x\" == 1", 8, "\")\""), ("true", 0, "tag(\"true\")"),
        ("device.plattform == \"ios\"", 0, "device.platform, device.provider"), ("device", 0, "device.app_version"),
        ("a and device.platform", 21, "has(device.platform)"), ("device.platform < \"b\"", 16, "no order"),
        ("device.app_version >= 2.10", 22, "double quotes"), ("device.last_seen == \"1d ago\"", 17, "<, <=, > or >="),
        ("device.last_seen > \"30d\"", 19, "30d ago"), ("device.last_seen > \"2026-01-31\"", 19, "30d ago"),
        ("device.last_seen > \"2026-02-31T00:00:00Z\"", 19, "30d ago"), ("a == \"x", 5, "close it"), ("a == \"\\x\"", 6, "\\uXXXX"),
        ("a == \"\\u12\"", 6, "\\uXXXX"), ("a == \"\\ud83d\"", 6, "\\uXXXX"), ("a == \"\\u0000\"", 6, "NUL"), ("a == \"\n\"", 6, "\\u000a"),
        ("a == 1-2", 5, "18, -2.5"), ("a == 1e999", 5, "18, -2.5"), ("a == 5.", 5, "18, -2.5"), ("a == 30d", 7, "the end"),
        ("👩‍👩‍👧 == 1", 0, "tag("), ("a == \"👩‍👩‍👧\" b", 9, "the end"),
    ]) func aProblemPointsAtItsCharacter(_ text: String, _ offset: Int, _ remedy: String) {
        let problem = #expect(throws: AudienceExpressionProblem.self) { try AudienceExpression(text) }
        #expect(problem?.offset == offset)
        #expect(problem?.description.contains(remedy) == true, "\(problem?.description ?? "")")
    }

    @Test func aProblemShowsTheLineWithACaret() {
        let problem = #expect(throws: AudienceExpressionProblem.self) { try AudienceExpression("plan ==\tand x") }
        #expect(
            problem?.pushProblem(field: "audience.tags").description == """
                audience.tags: "and" doesn't fit here; a value was expected: "text", a number, true or false (character 8)
                plan == and x
                        ^
                """)
    }

    @Test func thereAreLimits() {
        let levels = AudienceExpressionLimits.nestingLevels
        let terms = AudienceExpressionLimits.terms
        let members = AudienceExpressionLimits.listMembers
        func nested(_ count: Int) -> String { String(repeating: "(", count: count) + "a" + String(repeating: ")", count: count) }
        func chained(_ count: Int) -> String { repeatElement("a", count: count).joined(separator: " or ") }
        func list(_ count: Int) -> String { "a in [\(repeatElement("1", count: count).joined(separator: ","))]" }
        func isRead(_ text: String) -> Bool { (try? AudienceExpression(text)) != nil }
        #expect(isRead(nested(levels)) && !isRead(nested(levels + 1)))
        #expect(isRead(chained(terms)) && !isRead(chained(terms + 1)))
        #expect(isRead(list(members)) && !isRead(list(members + 1)))
        let padding = String(repeating: " ", count: AudienceExpressionLimits.textBytes - 1)
        #expect(isRead(padding + "a") && !isRead(padding + " a"))
    }

    @Test(arguments: ["(", "not ", "[", "\"", "((not "]) func hostileDepthIsRefused(_ piece: String) {
        for count in [100, 4000, 1_000_000] {
            #expect(throws: AudienceExpressionProblem.self) { try AudienceExpression(String(repeating: piece, count: count)) }
        }
    }

    @Test(arguments: UInt64(0)..<200) func randomTextNeverCrashes(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "a", "plan", "device.", "device.user", "and", "or", "not", "in", "has", "topic", "tag", "true", "(", ")", "[", "]", ",", "==",
            "!=", "<", ">=", "\"x\"", "\"", "\\", "\\ud83d", "1", "-", ".", "e", "30d ago", " ", "\n", "\0", "é", "\u{301}", "😀", "&", "'",
        ]
        for _ in 0..<100 {
            let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined(
                separator: Bool.random(using: &random) ? " " : "")
            do {
                let expression = try AudienceExpression(text)
                #expect(try AudienceExpression(expression.condition.description) == expression)
            } catch { #expect((0...text.count).contains(error.offset) && error.description.hasSuffix("^")) }
        }
    }

    @Test(arguments: UInt64(0)..<300) func randomTreesAreReadBack(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let tree = AudienceCondition.random(levels: 4, using: &random)
        #expect(try AudienceExpression(tree.description).condition == tree, "seed \(seed): \(tree)")
    }

    @Test func itIsItsTextInJSON() throws {
        let expression = try AudienceExpression(#"plan  ==  "pro""#)
        let json = try JSONEncoder().encode([expression])
        #expect(String(decoding: json, as: UTF8.self) == #"["plan  ==  \"pro\""]"#)
        #expect(try JSONDecoder().decode([AudienceExpression].self, from: json).first?.text == expression.text)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([AudienceExpression].self, from: Data(#"["plan =="]"#.utf8)) }
    }
}
