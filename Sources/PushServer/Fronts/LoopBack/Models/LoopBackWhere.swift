import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A `where` of LoopBack's filter language, as a condition on records.
struct LoopBackWhere: Sendable {
    let model: LoopBackModel
    private let whole: LoopBackValue

    /// - Throws: ``LoopBackError`` 400
    static func condition(_ value: LoopBackValue?, of model: LoopBackModel) throws(LoopBackError) -> RecordCondition {
        guard let value, value != .null else { return .always }
        let condition = try LoopBackWhere(model: model, whole: value).condition(value)
        let size = condition.size
        guard size.tests <= mostTests, size.values <= mostValues, size.levels <= mostLevels else {
            throw .badRequest(
                "The where clause is too large: give at most \(mostTests) properties, \(mostValues) values, \(mostLevels) levels")
        }
        return condition
    }

    private static let mostTests = 200, mostValues = 2000, mostLevels = 16

    // MARK: Clauses

    private func condition(_ value: LoopBackValue) throws(LoopBackError) -> RecordCondition {
        guard let members = value.members else { throw .badRequest("The where clause \(value.json) is not an object") }
        var parts: [RecordCondition] = []
        for member in members {
            switch member.name {
            case "and": parts.append(.all(try clauses(member)))
            case "or": parts.append(.any(try clauses(member)))
            case "nor": parts.append(.not(.any(try clauses(member))))
            default: parts.append(try property(member.name, member.value))
            }
        }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private func clauses(_ member: LoopBackValue.Member) throws(LoopBackError) -> [RecordCondition] {
        guard let clauses = member.value.numbered else {
            throw .badRequest("The \(member.name) operator has invalid clauses \(member.value.json): \(Self.noArray)")
        }
        var conditions: [RecordCondition] = []
        for clause in clauses { conditions.append(try condition(clause)) }
        return conditions
    }

    private static let noArray = "Value is not an array or object with sequential numeric indices"

    // MARK: Properties

    private func property(_ path: String, _ value: LoopBackValue) throws(LoopBackError) -> RecordCondition {
        switch value {
        case .null: return .not(.exists(path))
        case .array(let elements): return .all(try candidates(elements, path).map { .value(at: path, .isOneOf($0)) })
        case .object(let operators): return try comparison(path, operators, value)
        default: return try equals(path, [value])
        }
    }

    private func comparison(
        _ path: String, _ operators: [LoopBackValue.Member], _ clause: LoopBackValue
    ) throws(LoopBackError) -> RecordCondition {
        let forbidden = operators.map(\.name).filter { $0.hasPrefix("$") }
        guard forbidden.isEmpty else {
            throw .badRequest(
                "Operators \"\(forbidden.joined(separator: ", "))\" are not allowed in query", code: "OPERATOR_NOT_ALLOWED_IN_QUERY",
                details: .object(["operators": .array(forbidden.map { .string($0) }), "where": whole]))
        }
        let ignoresCase = clause["options"]?.text?.contains("i") ?? false
        var parts: [RecordCondition] = []
        for member in operators where member.name != "options" {
            parts.append(try comparison(path, member, ignoresCase, clause))
        }
        return parts.isEmpty ? .never : parts.count == 1 ? parts[0] : .all(parts)
    }

    private func comparison(
        _ path: String, _ member: LoopBackValue.Member, _ ignoresCase: Bool, _ clause: LoopBackValue
    ) throws(LoopBackError) -> RecordCondition {
        let value = member.value
        switch member.name {
        case "eq": return try property(path, value)
        case "neq": return .not(try property(path, value))
        case "gt": return try compares(path, [(.greater, value)])
        case "gte": return try compares(path, [(.greaterOrEqual, value)])
        case "lt": return try compares(path, [(.less, value)])
        case "lte": return try compares(path, [(.lessOrEqual, value)])
        case "between":
            let bounds = try list(path, value, clause)
            guard bounds.count == 2 else {
                throw invalid(path, clause, "Expected precisely 2 values, received \(bounds.count)")
            }
            return try compares(path, [(.greaterOrEqual, bounds[0]), (.lessOrEqual, bounds[1])])
        case "inq": return try equals(path, list(path, value, clause))
        case "nin": return .not(try equals(path, list(path, value, clause)))
        case "like", "nlike", "ilike", "nilike":
            let like = RecordCondition.value(
                at: path, .like(try pattern(path, value, clause), ignoresCase: ignoresCase || member.name.contains("il")))
            return member.name.hasPrefix("n") ? .not(like) : like
        case "regexp": return try regexp(path, value, ignoresCase, clause)
        default: return .never
        }
    }

    private func list(_ path: String, _ value: LoopBackValue, _ clause: LoopBackValue) throws(LoopBackError) -> [LoopBackValue] {
        guard let values = value.numbered else { throw invalid(path, clause, Self.noArray) }
        return values
    }

    private func invalid(_ path: String, _ clause: LoopBackValue, _ reason: String) -> LoopBackError {
        .badRequest("The \(path) property has invalid clause \(clause.json): \(reason)")
    }

    private func equals(_ path: String, _ values: [LoopBackValue]) throws(LoopBackError) -> RecordCondition {
        let equal = RecordCondition.value(at: path, .isOneOf(try candidates(values, path).flatMap { $0 }))
        return values.contains(.null) ? .any([equal, .not(.exists(path))]) : equal
    }

    private func compares(_ path: String, _ bounds: [(AudienceOrder, LoopBackValue)]) throws(LoopBackError) -> RecordCondition {
        var perType: [[RecordBound]] = []
        for (order, value) in bounds {
            let values = try candidates(value, path)
            if perType.isEmpty { perType = values.map { _ in [] } }
            // Of two bounds of different sorts only those count that both can be.
            for index in perType.indices { if index < values.count { perType[index].append(RecordBound(order, values[index])) } }
        }
        let whole = perType.filter { $0.count == bounds.count }
        let parts = whole.map { RecordCondition.value(at: path, .isWithin($0)) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    // MARK: Text

    private func pattern(_ path: String, _ value: LoopBackValue, _ clause: LoopBackValue) throws(LoopBackError) -> String {
        guard value.members == nil, value.elements == nil else { throw invalid(path, clause, "Expected text") }
        let text = LoopBackType.text(value)
        guard text.utf8.count <= RecordLimits.patternBytes else {
            throw invalid(path, clause, "Expected at most \(RecordLimits.patternBytes) bytes")
        }
        return text
    }

    /// `^T`, or as JavaScript writes it: `/^T/i`.
    private func regexp(
        _ path: String, _ value: LoopBackValue, _ ignoresCase: Bool, _ clause: LoopBackValue
    ) throws(LoopBackError) -> RecordCondition {
        var pattern = try pattern(path, value, clause), ignoresCase = ignoresCase
        if pattern.hasPrefix("/"), let end = pattern.lastIndex(of: "/"), end > pattern.startIndex {
            ignoresCase = ignoresCase || pattern[end...].contains("i")
            pattern = String(pattern[pattern.index(after: pattern.startIndex)..<end])
        }
        guard (try? Regex(pattern)) != nil else { throw invalid(path, clause, "Expected a regular expression") }
        return .value(at: path, .regexp(pattern, ignoresCase: ignoresCase))
    }

    // MARK: Values

    /// For each value what it may be in a record; null is nothing.
    private func candidates(_ values: [LoopBackValue], _ path: String) throws(LoopBackError) -> [[TagValue]] {
        var all: [[TagValue]] = []
        for value in values where value != .null { all.append(try candidates(value, path)) }
        return all
    }

    /// By the property's type; where that isn't known, whatever is spelled so, as in JavaScript: the text and the number 7.
    private func candidates(_ value: LoopBackValue, _ path: String) throws(LoopBackError) -> [TagValue] {
        if value == .null { return [] }
        switch model.type(of: path) {
        case .string, .strings: return [.string(LoopBackType.text(value))]
        case .number: return LoopBackType.number(value).double.map { [.number($0)] } ?? []
        case .date:
            guard let date = LoopBackType.date(value) else { throw .badRequest("Invalid date: \(value.json)") }
            return [.string(Moment.text(date))]
        case .boolean, .any, .object: return Self.spelled(value)
        }
    }

    private static func spelled(_ value: LoopBackValue) -> [TagValue] {
        let text = TagValue.string(LoopBackType.text(value))
        switch value {
        case .bool(let value): return [.boolean(value), text]
        case .number: return [value.double.map { .number($0) }, text].compactMap { $0 }
        case .string("true"), .string("false"): return [.boolean(value.text == "true"), text]
        case .string: return [LoopBackType.number(value).double.map { .number($0) }, text].compactMap { $0 }
        default: return []
        }
    }
}
