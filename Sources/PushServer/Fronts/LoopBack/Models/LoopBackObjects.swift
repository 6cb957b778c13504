import HTTPTypes
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A model's objects between clients and records: types coerced, rules checked, members in the order that answers have.
struct LoopBackObjects: Sendable {
    let model: LoopBackModel

    /// The body of a write.
    /// - Returns: its members, each of its property's type, without `id`.
    /// - Throws: ``LoopBackError`` 400
    func coerced(_ body: LoopBackValue) throws(LoopBackError) -> LoopBackValue {
        guard let members = body.members else { throw .notAnObject }
        var coerced: [LoopBackValue.Member] = []
        for member in members where member.name != "id" {
            coerced.append(.init(name: member.name, value: try model.type(of: member.name).coerced(member.value)))
        }
        return .object(coerced)
    }

    /// - Parameter id: what the body says of it.
    /// - Throws: ``LoopBackError`` 422
    func check(_ object: LoopBackValue, id: LoopBackValue? = nil) throws(LoopBackError) {
        var flaws = model.properties.filter { model.required.contains($0.name) }.compactMap { property -> LoopBackError.Flaw? in
            let value = object[property.name]
            return [nil, .null, .string("")].contains(value) ? .blank(property.name, value) : nil
        }
        if let id, id != .null, model.generatesID {
            flaws.append(.init(property: "id", code: "absence", message: "can't be set", value: id.json))
        }
        if !flaws.isEmpty { throw .invalid(model.name, flaws) }
        guard object.json.utf8.count <= RecordLimits.bodyBytes else {
            throw LoopBackError(.contentTooLarge, "The `\(model.name)` instance has more than \(RecordLimits.bodyBytes) bytes")
        }
    }

    /// A whole object as it is kept, with the dates that every one has.
    func complete(_ object: LoopBackValue, now: Date) -> LoopBackValue {
        var object = object
        let moment = LoopBackValue.string(Moment.text(now))
        if object["created"] == nil { object["created"] = moment }
        object["modified"] = moment
        for (name, value) in defaults(moment) where object[name] == nil { object[name] = value }
        return inOrder(object)
    }

    private func defaults(_ moment: LoopBackValue) -> KeyValuePairs<String, LoopBackValue> {
        switch model.name {
        case "notification": ["scheduledTime": moment]
        case "application":
            [
                "anonymousAllowed": .bool(true), "authenticationEnabled": .bool(true), "authenticationSchemes": .array([]),
                "status": .string("sandbox"),
            ]
        default: [:]
        }
    }

    /// One object with what another says.
    func merged(_ object: LoopBackValue, _ changes: LoopBackValue, now: Date) -> LoopBackValue {
        var merged = object
        for member in changes.members ?? [] { merged[member.name] = member.value }
        merged["modified"] = .string(Moment.text(now))
        return inOrder(merged)
    }

    /// Known properties alphabetically, then the others as they came.
    private func inOrder(_ object: LoopBackValue) -> LoopBackValue {
        let known = model.properties.compactMap { property in
            object[property.name].map { LoopBackValue.Member(name: property.name, value: $0) }
        }
        let names = Set(known.map(\.name))
        return .object(known + (object.members ?? []).filter { !names.contains($0.name) })
    }

    // MARK: Records

    /// - Throws: when a record isn't what was written.
    func object(_ record: Record) throws -> LoopBackValue { try LoopBackValue(json: record.body) }

    /// As clients see it: the id stands behind the known properties.
    func shown(_ object: LoopBackValue, id: RecordID) -> LoopBackValue {
        let members = object.members ?? [], known = Set(model.properties.map(\.name))
        let id = LoopBackValue.Member(name: "id", value: .string(id.rawValue))
        return .object(members.filter { known.contains($0.name) } + [id] + members.filter { !known.contains($0.name) })
    }

    func shown(_ record: Record) throws -> LoopBackValue { shown(try object(record), id: record.id) }
}
