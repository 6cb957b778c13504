import HTTPTypes
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension LoopBackStoredModel {
    // MARK: New ones

    func create(_ request: LoopBackRequest) async throws -> LoopBackReply {
        guard let elements = request.body.elements else { return LoopBackReply(try await create(request.body, request.caller)) }
        return LoopBackReply(.array(try await create(all: elements, request.caller)))
    }

    private static let mostAtOnce = 1000

    /// Those that can be are made, whatever becomes of the others.
    private func create(all bodies: [LoopBackValue], _ caller: LoopBackCaller) async throws -> [LoopBackValue] {
        guard bodies.count <= Self.mostAtOnce else {
            throw LoopBackError(.contentTooLarge, "Send at most \(Self.mostAtOnce) objects at once")
        }
        var new: [New] = [], problems: [LoopBackValue] = []
        for body in bodies {
            do {
                new.append(try await self.new(body, caller))
                problems.append(.null)
            } catch let error as LoopBackError { problems.append(error.body) }
        }
        let made = try await keep(new)
        guard new.count < bodies.count else { return made }
        throw LoopBackError(
            .internalServerError, "Failed with multiple errors, see `details` for more information.", details: .array(problems))
    }

    func create(_ body: LoopBackValue, _ caller: LoopBackCaller) async throws -> LoopBackValue {
        try await keep([new(body, caller)])[0]
    }

    /// An object that may be made.
    private typealias New = (prepared: LoopBackPrepared, entry: RecordEntry)

    private func new(_ body: LoopBackValue, _ caller: LoopBackCaller) async throws -> New {
        let object = try objects.coerced(body)
        try rules.check(caller, object)
        try objects.check(object, id: body["id"])
        let id = try rules.newID(body["id"])
        let prepared = try await rules.prepared(objects.complete(object, now: parts.now()), id, isWhole: true, instead: nil)
        return (prepared, RecordEntry(try await draft(prepared.kept), newID: id, twin: rules.twin(of: prepared.kept)))
    }

    private func keep(_ new: [New]) async throws -> [LoopBackValue] {
        let records = try await records.put(new.map(\.entry), into: model.collection, now: parts.now())
        var shown: [LoopBackValue] = []
        for (new, record) in zip(new, records) {
            guard let record else { throw LoopBackError(.conflict, "Duplicate entry for \(model.name).id") }
            try await rules.written(new.prepared, record.id)
            shown.append(self.shown(new.prepared.kept, record.id, with: new.prepared.shownOnce))
        }
        return shown
    }

    private func draft(_ object: LoopBackValue) async throws -> RecordDraft {
        RecordDraft(body: object.json, device: rules.device(object, try await rules.surroundings(of: object)))
    }

    // MARK: Others instead

    func replace(_ id: RecordID, _ request: LoopBackRequest) async throws -> LoopBackReply {
        if let other = Self.text(request.body["id"]), other != id.rawValue {
            throw LoopBackError.badRequest("id property (id) cannot be updated from \(id.rawValue) to \(other)")
        }
        return LoopBackReply(try await replace(id, request.body, request))
    }

    func replaceOrCreate(_ request: LoopBackRequest) async throws -> LoopBackReply {
        guard let id = Self.text(request.body["id"]) else { return LoopBackReply(try await create(request.body, request.caller)) }
        return LoopBackReply(try await replace(RecordID(rawValue: id), request.body, request))
    }

    private func replace(_ id: RecordID, _ body: LoopBackValue, _ request: LoopBackRequest) async throws -> LoopBackValue {
        let object = try objects.coerced(body)
        try rules.check(request.caller, object)
        try objects.check(object)
        guard let known = try await mine(id, request) else {
            guard model.generatesID else { return try await create(body, request.caller) }
            throw LoopBackError(.notFound, "Could not replace. Object with id \(id.rawValue) does not exist!")
        }
        let prepared = try await rules.prepared(
            objects.complete(object, now: parts.now()), id, isWhole: true, instead: try objects.object(known))
        let draft = try await draft(prepared.kept)
        guard try await records.change(id, in: model.collection, now: parts.now(), { _ in draft }) != nil else {
            throw LoopBackError(.notFound, "Could not replace. Object with id \(id.rawValue) does not exist!")
        }
        try await rules.written(prepared, id)
        return shown(prepared.kept, id, with: prepared.shownOnce)
    }

    // MARK: Changes

    func patch(_ id: RecordID, _ request: LoopBackRequest) async throws -> LoopBackReply {
        let missing = LoopBackError(.notFound, "could not find a model with id \(id.rawValue)", code: "MODEL_NOT_FOUND")
        guard let known = try await mine(id, request) else { throw missing }
        if let other = Self.text(request.body["id"]), other != id.rawValue {
            throw LoopBackError.badRequest("id cannot be updated from \(id.rawValue) to \(other) when forceId is set to true")
        }
        return LoopBackReply(try await merge(known, request.body, request.caller, orThrow: missing))
    }

    func patchOrCreate(_ request: LoopBackRequest) async throws -> LoopBackReply {
        guard let id = Self.text(request.body["id"]) else { return LoopBackReply(try await create(request.body, request.caller)) }
        guard let known = try await mine(RecordID(rawValue: id), request) else {
            guard model.generatesID else { return LoopBackReply(try await create(request.body, request.caller)) }
            throw LoopBackError(.notFound, "Could not update attributes. Object with id \(id) does not exist!")
        }
        return LoopBackReply(
            try await merge(
                known, request.body, request.caller,
                orThrow: LoopBackError(.notFound, "Could not update attributes. Object with id \(id) does not exist!")))
    }

    private func merge(
        _ known: Record, _ body: LoopBackValue, _ caller: LoopBackCaller, orThrow missing: LoopBackError
    ) async throws -> LoopBackValue {
        let changes = try objects.coerced(body), now = parts.now()
        let expected = objects.merged(try objects.object(known), changes, now: now)
        try rules.check(caller, expected)
        try objects.check(expected)
        let prepared = try await rules.prepared(changes, known.id, isWhole: false, instead: try objects.object(known))
        let surroundings = try await rules.surroundings(of: expected)
        let changed = try await records.change(known.id, in: model.collection, now: now) { record in
            try merged(record, prepared.kept, surroundings, now)
        }
        guard let changed else { throw missing }
        let object = try objects.object(changed)
        try await rules.written(prepared, known.id)
        return shown(object, known.id, with: prepared.shownOnce)
    }

    /// Inside of a transaction.
    private func merged(
        _ record: Record, _ changes: LoopBackValue, _ surroundings: LoopBackSurroundings, _ now: Date
    ) throws -> RecordDraft {
        let object = objects.merged(try objects.object(record), changes, now: now)
        try objects.check(object)
        return RecordDraft(body: object.json, device: rules.device(object, surroundings))
    }

    // MARK: Where

    func updateAll(_ request: LoopBackRequest) async throws -> LoopBackReply {
        try request.caller.requireEverything()
        let condition = try whereGiven(request)
        let changes = try objects.coerced(request.body), now = parts.now()
        if changes["pushSettings"] != nil { throw LoopBackError.badRequest("pushSettings are set for one application at a time") }
        let count = try await records.change(matching: condition, in: model.collection, now: now) { record in
            try merged(record, changes, LoopBackSurroundings(), now)
        }
        return .count(count)
    }

    /// The original's quirk: also what is only changed must be sent whole.
    func upsertWithWhere(_ request: LoopBackRequest) async throws -> LoopBackReply {
        try request.caller.requireEverything()
        let condition = try whereGiven(request)
        try objects.check(try objects.coerced(request.body))
        let found = try await records.records(RecordQuery(condition, limit: 2), in: model.collection)
        guard found.count < 2 else {
            throw LoopBackError.badRequest("There are multiple instances found. Upsert Operation will not be performed!")
        }
        guard let known = found.first else { return LoopBackReply(try await create(request.body, request.caller)) }
        let missing = LoopBackError(.notFound, "could not find a model with id \(known.id.rawValue)", code: "MODEL_NOT_FOUND")
        return LoopBackReply(try await merge(known, request.body, request.caller, orThrow: missing))
    }

    private func whereGiven(_ request: LoopBackRequest) throws(LoopBackError) -> RecordCondition {
        guard let clause = try request.object("where") else { throw .badRequest("where is a required argument") }
        return try LoopBackWhere.condition(clause, of: model)
    }

    /// An id as it was sent: a number or text. Nil for none.
    private static func text(_ id: LoopBackValue?) -> String? {
        switch id {
        case nil, .null, .string(""): nil
        case let id?: LoopBackType.text(id)
        }
    }
}
