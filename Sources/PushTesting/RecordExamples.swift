import Foundation
import JSON
import PushSender

/// Records, conditions on them, and which is true of which: worked out here on the values themselves.
enum RecordExamples {
    static let bodies = [
        #"{"name":"Ann","age":31,"vip":true,"tags":["a","b"],"meta":{"color":"red","depth":{"x":1}}}"#,
        #"{"name":"ann","age":31.5,"vip":false,"tags":[],"meta":{"color":"blue"}}"#,
        #"{"name":"Bob","age":"31","tags":["b","c",7]}"#,
        #"{"name":null,"age":-4,"vip":"true","tags":"a"}"#,
        #"{"age":0,"tags":[["nested"],{"k":"v"}],"items":[{"id":1},{"id":2}]}"#,
        #"{"name":"50%_[x]*?\\","age":1e3,"id":"not mine"}"#,
        #"{"name":"two\nlines","age":31000000000}"#,
        "{}",
    ]

    private static let tests: [(String, RecordTest)] =
        [
            ("name", .exists), ("vip", .exists), ("tags", .exists), ("meta", .exists), ("meta.color", .exists), ("nowhere", .exists),
            ("name", .isOneOf([.string("Ann")])), ("name", .isOneOf([.string("ann"), .string("Bob"), .number(3)])),
            ("name", .isOneOf([])), ("age", .isOneOf([.number(31)])), ("age", .isOneOf([.string("31"), .number(0)])),
            ("vip", .isOneOf([.boolean(true)])), ("vip", .isOneOf([.string("true")])), ("tags", .isOneOf([.string("b")])),
            ("tags", .isOneOf([.number(7)])), ("tags", .isOneOf([.string("nested")])), ("tags.k", .isOneOf([.string("v")])),
            ("meta.color", .isOneOf([.string("red")])), ("meta.depth.x", .isOneOf([.number(1)])), ("items.id", .isOneOf([.number(2)])),
            ("id", .isOneOf([.string("r12"), .string("r14")])), ("id", .isOneOf([.string("not mine")])),
            ("age", .isWithin([RecordBound(.greater, .number(0))])), ("age", .isWithin([RecordBound(.greaterOrEqual, .number(31))])),
            ("age", .isWithin([RecordBound(.less, .number(0))])), ("age", .isWithin([RecordBound(.lessOrEqual, .string("31"))])),
            ("age", .isWithin([RecordBound(.greaterOrEqual, .number(-4)), RecordBound(.lessOrEqual, .number(31))])),
            ("name", .isWithin([RecordBound(.greater, .string("Ann"))])), ("tags", .isWithin([RecordBound(.less, .string("b"))])),
            ("vip", .isWithin([RecordBound(.less, .boolean(true))])),
            ("name", .like("n", ignoresCase: false)), ("name", .like("a", ignoresCase: false)), ("name", .like("A", ignoresCase: true)),
            ("name", .like("%", ignoresCase: false)), ("name", .like("A_n", ignoresCase: false)),
            ("name", .like("B%b", ignoresCase: false)),
            ("name", .like("[x]*?\\", ignoresCase: false)), ("name", .like("o%l", ignoresCase: false)),
            ("age", .like("3", ignoresCase: false)),
            ("tags", .like("c", ignoresCase: false)), ("name", .regexp("^[AB]", ignoresCase: false)),
            ("name", .regexp("^a", ignoresCase: true)), ("name", .regexp("n{2}$", ignoresCase: false)),
        ]

    static let conditions: [RecordCondition] = {
        let simple = tests.map { RecordCondition.value(at: $0.0, $0.1) }
        let pairs = zip(simple, simple.dropFirst(7)).flatMap { [RecordCondition.all([$0, $1]), .any([$0, .not($1)])] }
        return simple + pairs + [.always, .never, .all([.any([simple[0], .never]), .not(.all([simple[2], .always]))])]
    }()

    // MARK: What is true

    static func isTrue(_ condition: RecordCondition, of body: String, id: String) throws -> Bool {
        switch condition {
        case .value("id", let test): passes(.string(id), test)
        case .value(let path, let test):
            try values(JSONDecoder().decode(JSONValue.self, from: Data(body.utf8)), path.split(separator: ".").map(String.init))
                .contains { passes($0, test) }
        case .not(let part): try !isTrue(part, of: body, id: id)
        case .all(let parts): try parts.allSatisfy { try isTrue($0, of: body, id: id) }
        case .any(let parts): try parts.contains { try isTrue($0, of: body, id: id) }
        }
    }

    private static func values(_ value: JSONValue, _ path: [String]) -> [TagValue] {
        switch value {
        // A list stands for what is something, and yet none of the values that are compared.
        case .array(let members): return (path.isEmpty ? [.list([])] : []) + members.flatMap { values($0, path) }
        case .object where path.isEmpty: return [.list([])]
        case .object(let members): return path.first.flatMap { members[$0] }.map { values($0, Array(path.dropFirst())) } ?? []
        case _ where !path.isEmpty: return []
        case .null: return []
        case .bool(let value): return [.boolean(value)]
        case .integer(let value): return [.number(Double(value))]
        case .number(let value): return [.number(value)]
        case .string(let value): return [.string(value)]
        }
    }

    private static func passes(_ value: TagValue, _ test: RecordTest) -> Bool {
        switch test {
        case .exists: true
        case .isOneOf(let wanted): wanted.contains(value)
        case .isWithin(let bounds): bounds.allSatisfy { isWithin(value, $0) }
        case .like(let pattern, let ignoresCase): text(value).map { like($0, pattern, ignoresCase) } ?? false
        case .regexp(let pattern, let ignoresCase):
            text(value).map {
                $0.range(of: pattern, options: ignoresCase ? [.regularExpression, .caseInsensitive] : .regularExpression) != nil
            }
                ?? false
        }
    }

    private static func isWithin(_ value: TagValue, _ bound: RecordBound) -> Bool {
        switch (value, bound.value) {
        case (.number(let one), .number(let other)): holds(bound.order, one, other)
        case (.string(let one), .string(let other)): holds(bound.order, one, other)
        case (.boolean(let one), .boolean(let other)): holds(bound.order, one ? 1 : 0, other ? 1 : 0)
        default: false
        }
    }

    private static func holds<Value: Comparable>(_ order: AudienceOrder, _ one: Value, _ other: Value) -> Bool {
        switch order {
        case .less: one < other
        case .lessOrEqual: one <= other
        case .greater: one > other
        case .greaterOrEqual: one >= other
        }
    }

    private static func text(_ value: TagValue) -> String? { if case .string(let text) = value { text } else { nil } }

    /// Tried at every place.
    private static func like(_ text: String, _ pattern: String, _ ignoresCase: Bool) -> Bool {
        let text = Array(ignoresCase ? text.lowercased() : text), pattern = Array(ignoresCase ? pattern.lowercased() : pattern)
        func fits(_ place: Int, _ step: Int) -> Bool {
            guard step < pattern.count else { return true }
            if pattern[step] == "%" { return (place...text.count).contains { fits($0, step + 1) } }
            return place < text.count && (pattern[step] == "_" || pattern[step] == text[place]) && fits(place + 1, step + 1)
        }
        return (0...text.count).contains { fits($0, 0) }
    }
}
