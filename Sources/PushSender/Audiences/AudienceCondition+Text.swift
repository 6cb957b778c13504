extension AudienceCondition: CustomStringConvertible {
    /// As ``AudienceExpression`` reads it back; `always`, `never` and records can't be written.
    public var description: String {
        switch self {
        case .term(let term): term.text(negated: false)
        case .not(.term(let term)) where term.hasOpposite: term.text(negated: true)
        case .not(let condition): "not " + condition.textAsPart
        case .all(let parts): parts.map(\.textAsPart).joined(separator: " and ")
        case .any(let parts): parts.map(\.textAsPart).joined(separator: " or ")
        }
    }

    private var textAsPart: String {
        switch self {
        case .all, .any: "(\(description))"
        case .term, .not: description
        }
    }
}

extension AudienceTerm {
    /// What has a negated form of its own.
    fileprivate var hasOpposite: Bool { if case .isOneOf = self { true } else { false } }

    fileprivate func text(negated: Bool) -> String {
        switch self {
        case .isOneOf(let field, let values) where values.count == 1: "\(field) \(negated ? "!=" : "==") \(values[0].literal)"
        case .isOneOf(let field, let values): "\(field) \(negated ? "not in" : "in") [\(values.map(\.literal).joined(separator: ", "))]"
        case .compares(let field, let order, let value): "\(field) \(order.rawValue) \(value.literal)"
        case .lastSeen(let order, let moment): "device.last_seen \(order.rawValue) \(quoted(moment.text))"
        case .has(let field): "has(\(field))"
        case .topic(let topic): "topic(\(quoted(topic)))"
        case .isRecord(let collection): "<record of \(collection.rawValue)>"
        case .record(let collection, let path, _): "<record of \(collection.rawValue) by \(path)>"
        }
    }
}

extension AudienceField: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tag(let name): "tag(\(quoted(name)))"
        case .device(let field): "device.\(field.rawValue)"
        }
    }
}

extension TagValue {
    fileprivate var literal: String {
        switch self {
        case .string(let text): quoted(text)
        case .number(let number): "\(number)"
        case .boolean(let boolean): "\(boolean)"
        case .list(let members): "[\(members.map(\.literal).joined(separator: ", "))]"
        }
    }
}

private func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": quoted += "\\" + String(scalar)
        case _ where scalar.value < 0x20: quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}
