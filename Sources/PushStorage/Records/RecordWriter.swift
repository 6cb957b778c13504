import Foundation
import PushSender

/// Writes records inside a transaction.
struct RecordWriter {
    let connection: any SQLConnection
    let dialect: SQLDialect
    let collection: RecordCollection
    let now: Date

    func insert(_ draft: RecordDraft, _ id: RecordID) throws -> Record? {
        let made = try connection.execute(
            "INSERT INTO record (collection, id, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [.text(collection.rawValue), .text(id.rawValue), .text(draft.body)])
        guard made > 0 else { return nil }
        try addTerms(RecordTerms(draft.body).terms[...], id)
        return try keep(draft, id, wasDevice: false)
    }

    func replace(_ record: Record, _ draft: RecordDraft) throws -> Record {
        if draft.body != record.body {
            try connection.execute(
                "UPDATE record SET body = ? WHERE collection = ? AND id = ?", [.text(draft.body)] + key(record.id))
            try changeTerms(record, draft)
        }
        return try keep(draft, record.id, wasDevice: record.isDevice)
    }

    private func key(_ id: RecordID) -> [SQLValue] { [.text(collection.rawValue), .text(id.rawValue)] }

    // MARK: Values

    /// Only what differs is written.
    private func changeTerms(_ record: Record, _ draft: RecordDraft) throws {
        let before = Set(try RecordTerms(record.body).terms)
        let after = try RecordTerms(draft.body).terms
        try connection.execute(
            "DELETE FROM record_term WHERE collection = ? AND record = ? AND path = ? AND value = ?",
            each: before.subtracting(after).map { key(record.id) + [.text($0.path), .text($0.value)] })
        try addTerms(after.filter { !before.contains($0) }[...], record.id)
    }

    private static let insertTerm = SQLInsert(
        table: "record_term", columns: ["collection", "path", "value", "shard", "record", "long_text"], tail: "ON CONFLICT DO NOTHING")

    private func addTerms(_ terms: ArraySlice<RecordTerms.Term>, _ id: RecordID) throws {
        let shard = SQLValue.integer(ShardRange.shard(of: id.rawValue))
        try connection.insert(
            Self.insertTerm,
            terms.map { [.text(collection.rawValue), .text($0.path), .text($0.value), shard, .text(id.rawValue), .text($0.longText)] })
    }

    // MARK: The device

    private func keep(_ draft: RecordDraft, _ id: RecordID, wasDevice: Bool) throws -> Record {
        let registration = try draft.device.flatMap { try self.registration($0, id) }
        if wasDevice { try releaseDevice(id, unless: registration) }
        if let registration { try register(registration, id) }
        return Record(id: id, body: draft.body, isDevice: registration != nil)
    }

    /// Nil while there is no such App.
    private func registration(_ device: RecordDevice, _ id: RecordID) throws -> DeviceRegistration? {
        try connection.row("SELECT id FROM app WHERE name = ?", [.text(device.appName)]).map {
            DeviceRegistration(
                id: DeviceID(rawValue: id.rawValue), app: AppID(rawValue: try $0.integer(0)), provider: device.provider,
                token: device.token, isEnvironmentGuessed: device.isEnvironmentGuessed, user: device.user, topics: device.topics,
                profile: device.profile)
        }
    }

    /// A device stays its App's and its provider's: one of others goes.
    private func releaseDevice(_ id: RecordID, unless registration: DeviceRegistration?) throws {
        if let registration {
            let same = try connection.row(
                "SELECT 1 FROM device WHERE id = ? AND app = ? AND provider = ?",
                [.text(id.rawValue), .integer(registration.app.rawValue), .text(registration.provider.rawValue)])
            guard same == nil else { return }
        }
        // First the record lets go of it, for it would go along.
        try connection.execute("UPDATE record SET device = NULL WHERE device = ?", [.text(id.rawValue)])
        try connection.execute("DELETE FROM device WHERE id = ?", [.text(id.rawValue)])
    }

    private func register(_ registration: DeviceRegistration, _ id: RecordID) throws {
        try connection.execute(
            "DELETE FROM device WHERE app = ? AND provider = ? AND address_hash = ? AND id <> ?",
            [
                .integer(registration.app.rawValue), .text(registration.provider.rawValue),
                .blob(addressHash(registration.token.address)), .text(id.rawValue),
            ])
        let device = try DeviceWriter(connection, dialect, now).register(registration, DeviceID(rawValue: id.rawValue)).device
        guard device.id.rawValue == id.rawValue else { throw StorageError(.corrupt, "device \(id.rawValue) has another name") }
        try connection.execute("UPDATE record SET device = id WHERE collection = ? AND id = ?", key(id))
    }
}
