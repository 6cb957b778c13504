import PushSender

/// LoopBack's `filter`: which objects, and how much of each.
struct LoopBackFilter: Sendable {
    var query = RecordQuery()
    private var fields = Fields.all

    private enum Fields: Sendable {
        case all
        case only(Set<String>)
        case allBut(Set<String>)
    }

    /// - Throws: ``LoopBackError`` 400
    init(_ filter: LoopBackValue?, of model: LoopBackModel) throws(LoopBackError) {
        guard let filter else { return }
        guard filter.members != nil else { throw .notAnObject }
        query.condition = try LoopBackWhere.condition(filter["where"], of: model)
        query.order = try Self.order(filter["order"])
        query.limit = try Self.number(filter["limit"], "limit").flatMap { $0 == 0 ? nil : $0 }
        query.skip = try Self.number(filter["skip"] ?? filter["offset"], "offset/skip") ?? 0
        fields = try Self.fields(filter["fields"])
        if let include = filter["include"], include != .null, include != .array([]), include != .string("") {
            throw .badRequest("Relation \(include.json) is not defined for \(model.name) model")
        }
    }

    /// - Throws: ``LoopBackError`` 400 for what is neither 0, 1, 2, … nor text that spells one.
    private static func number(_ value: LoopBackValue?, _ name: String) throws(LoopBackError) -> Int? {
        guard let value, value != .null else { return nil }
        guard value.members == nil, let number = LoopBackType.number(value).double.flatMap({ Int(exactly: $0) }), number >= 0 else {
            throw .badRequest("The \(name) parameter \(value.json) is not valid")
        }
        return number
    }

    private static func order(_ value: LoopBackValue?) throws(LoopBackError) -> [RecordQuery.Order] {
        guard let value, value != .null else { return [] }
        var order: [RecordQuery.Order] = []
        for key in value.numbered ?? [value] {
            let words = key.text.map { $0.split { $0 == " " || $0 == "," } } ?? []
            let direction = words.count == 2 ? words[1].uppercased() : "ASC"
            guard (1...2).contains(words.count), ["ASC", "DESC"].contains(direction) else {
                throw .badRequest("The order \(value.json) is not valid")
            }
            order.append(.init(String(words[0]), isDescending: direction == "DESC"))
        }
        return order
    }

    private static func fields(_ value: LoopBackValue?) throws(LoopBackError) -> Fields {
        guard let value, value != .null else { return .all }
        if let text = value.text { return .only([text]) }
        if let names = value.numbered { return names.isEmpty ? .all : .only(Set(names.compactMap(\.text))) }
        guard let members = value.members else { throw .badRequest("The fields \(value.json) is not valid") }
        let wanted = members.filter { $0.value == .bool(true) || $0.value == .string("true") }.map(\.name)
        return !wanted.isEmpty ? .only(Set(wanted)) : .allBut(Set(members.map(\.name)))
    }

    /// What is asked for of an object.
    func shown(_ object: LoopBackValue) -> LoopBackValue {
        guard let members = object.members else { return object }
        return switch fields {
        case .all: object
        case .only(let names): .object(members.filter { names.contains($0.name) })
        case .allBut(let names): .object(members.filter { !names.contains($0.name) })
        }
    }
}
