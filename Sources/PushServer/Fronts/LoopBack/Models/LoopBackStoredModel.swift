import HTTPTypes
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The routes that every stored model has.
struct LoopBackStoredModel: Sendable {
    let rules: any LoopBackModelRules
    let parts: LoopBackParts

    var model: LoopBackModel { rules.model }
    var objects: LoopBackObjects { LoopBackObjects(model: model) }
    var records: any RecordStore { parts.records }

    /// - Parameter request: its path stands below the model's.
    func answer(_ request: LoopBackRequest) async throws -> LoopBackReply {
        if let condition = try rules.query(request) {
            try request.caller.requireEverything()
            return LoopBackReply(.array(try await all(RecordQuery(condition)).map(shown)))
        }
        switch (request.method, request.path.first, request.path.count) {
        case (.get, nil, _): return try await list(request)
        case (.post, nil, _): return try await create(request)
        case (.put, nil, _), (.post, "replaceOrCreate", 1): return try await replaceOrCreate(request)
        case (.patch, nil, _): return try await patchOrCreate(request)
        case (.get, "findOne", 1): return try await findOne(request)
        case (.get, "count", 1): return try await count(request)
        case (.post, "update", 1): return try await updateAll(request)
        case (.post, "upsertWithWhere", 1): return try await upsertWithWhere(request)
        case (_, "change-stream", 1): break
        case (.get, let id?, 1): return try await get(RecordID(rawValue: id), request)
        case (.head, let id?, 1): return try await exists(RecordID(rawValue: id), request, isHead: true)
        case (.put, let id?, 1): return try await replace(RecordID(rawValue: id), request)
        case (.patch, let id?, 1): return try await patch(RecordID(rawValue: id), request)
        case (.delete, let id?, 1): return try await remove(RecordID(rawValue: id), request)
        case (.get, let id?, 2) where request.path[1] == "exists": return try await exists(RecordID(rawValue: id), request, isHead: false)
        case (.post, let id?, 2) where request.path[1] == "replace": return try await replace(RecordID(rawValue: id), request)
        default: break
        }
        throw LoopBackError.noMethod(request.method, "/" + request.path.joined(separator: "/"), of: model.name)
    }

    func shown(_ record: Record) throws -> LoopBackValue { shown(try objects.object(record), record.id) }

    func shown(_ object: LoopBackValue, _ id: RecordID, with once: LoopBackValue = .emptyObject) -> LoopBackValue {
        var object = object
        for name in rules.hidden { object[name] = once[name] }
        return objects.shown(object, id: id)
    }

    // MARK: Reading

    /// More at once than that are asked for page by page.
    static let mostObjects = 10_000

    private func all(_ query: RecordQuery) async throws -> [Record] {
        var query = query
        let isOpen = query.limit == nil
        query.limit = min(query.limit ?? .max, Self.mostObjects + 1)
        let found = try await records.records(query, in: model.collection)
        guard found.count > Self.mostObjects else { return found }
        let hint = isOpen ? "the filter has no limit, and there are more than" : "the limit is above"
        throw LoopBackError.badRequest("\(hint) \(Self.mostObjects) objects: give a limit of up to \(Self.mostObjects), and skip")
    }

    private func list(_ request: LoopBackRequest) async throws -> LoopBackReply {
        try request.caller.requireEverything()
        let filter = try LoopBackFilter(request.object("filter"), of: model)
        return LoopBackReply(.array(try await all(filter.query).map { filter.shown(try shown($0)) }))
    }

    private func findOne(_ request: LoopBackRequest) async throws -> LoopBackReply {
        try request.caller.requireEverything()
        var filter = try LoopBackFilter(request.object("filter"), of: model)
        filter.query.limit = 1
        guard let record = try await records.records(filter.query, in: model.collection).first else {
            throw LoopBackError.unknown(model.name, id: "undefined")
        }
        return LoopBackReply(filter.shown(try shown(record)))
    }

    private func count(_ request: LoopBackRequest) async throws -> LoopBackReply {
        try request.caller.requireEverything()
        let condition = try LoopBackWhere.condition(request.object("where"), of: model)
        return .count(try await records.count(condition, in: model.collection))
    }

    private func get(_ id: RecordID, _ request: LoopBackRequest) async throws -> LoopBackReply {
        let filter = try LoopBackFilter(request.object("filter"), of: model)
        guard let record = try await mine(id, request) else { throw LoopBackError.unknown(model.name, id: id.rawValue) }
        return LoopBackReply(filter.shown(try shown(record)))
    }

    private func exists(_ id: RecordID, _ request: LoopBackRequest, isHead: Bool) async throws -> LoopBackReply {
        let isThere = try await mine(id, request) != nil
        return isHead ? LoopBackReply(isThere ? .ok : .notFound) : LoopBackReply(.object(["exists": .bool(isThere)]))
    }

    /// A record that the caller may have to do with.
    func mine(_ id: RecordID, _ request: LoopBackRequest) async throws -> Record? {
        guard let record = try await records.record(id, in: model.collection) else {
            try rules.check(request.caller, .emptyObject)
            return nil
        }
        try rules.check(request.caller, try objects.object(record))
        return record
    }

    private func remove(_ id: RecordID, _ request: LoopBackRequest) async throws -> LoopBackReply {
        guard let record = try await mine(id, request) else { return .count(0) }
        let count = try await records.remove([id], in: model.collection)
        try await rules.removed(try objects.object(record), id)
        return .count(count)
    }
}

extension LoopBackReply {
    static func count(_ count: Int) -> LoopBackReply { LoopBackReply(.object(["count": .integer(count)])) }
}
