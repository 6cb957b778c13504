#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension LoopBackType {
    /// A member's value as it is kept. What is no number or date where one should be is null, as it is in JavaScript.
    /// - Throws: ``LoopBackError`` 400
    func coerced(_ value: LoopBackValue) throws(LoopBackError) -> LoopBackValue {
        switch self {
        case _ where value == .null: .null
        case .any, .object: value
        case .string: .string(Self.text(value))
        case .number: Self.number(value)
        case .boolean: .bool(Self.boolean(value))
        case .date: Self.date(value).map { .string(Moment.text($0)) } ?? .null
        case .strings: .array(try Self.list(value).map { $0 == .null ? .null : .string(Self.text($0)) })
        }
    }

    static func text(_ value: LoopBackValue) -> String { value.text ?? value.json }

    static func number(_ value: LoopBackValue) -> LoopBackValue {
        switch value {
        case .number where value.double != nil: return value
        case .bool(let value): return .number(value ? "1" : "0")
        case .string(let text):
            let digits = String(text.filter { $0 != " " })
            guard let parsed = try? LoopBackValue(json: digits), parsed.double != nil else { return .null }
            return parsed
        default: return .null
        }
    }

    /// Text comes from forms and queries.
    private static func boolean(_ value: LoopBackValue) -> Bool {
        switch value {
        case .bool(let value): value
        case .number: value.double != 0
        case .string(let text): !["", "0", "false"].contains(text)
        default: true
        }
    }

    /// Text, or milliseconds since 1970.
    static func date(_ value: LoopBackValue) -> Date? {
        if let milliseconds = value.double {
            guard abs(milliseconds) < 8.64e15 else { return nil }
            return Date(timeIntervalSince1970: milliseconds / 1000)
        }
        guard let text = value.text else { return nil }
        return Moment.date(text) ?? Moment.date(text + "T00:00:00Z") ?? Moment.date(text + "Z")
    }

    private static func list(_ value: LoopBackValue) throws(LoopBackError) -> [LoopBackValue] {
        if let elements = value.numbered { return elements }
        throw .badRequest("could not create List from JSON string: \(value.json)")
    }
}

extension LoopBackValue {
    /// An array's elements; or those of an object with the names 0, 1, 2, which long arrays in queries arrive as. Nil for all else.
    var numbered: [LoopBackValue]? {
        if let elements { return elements }
        guard let members, !members.isEmpty, members.indices.allSatisfy({ self[String($0)] != nil }) else { return nil }
        return members.indices.compactMap { self[String($0)] }
    }
}
