import Foundation
import PushSender

/// Writes devices inside a transaction.
struct DeviceWriter {
    private let connection: any SQLConnection
    private let dialect: SQLDialect
    private let now: Date

    init(_ connection: any SQLConnection, _ dialect: SQLDialect, _ now: Date) {
        self.connection = connection
        self.dialect = dialect
        self.now = now
    }

    func register(_ registration: DeviceRegistration, _ newID: DeviceID) throws -> (device: Device, isNew: Bool) {
        if let user = registration.user { try UserRow.touch(user, registration.app, now, connection, dialect) }
        let known = try known(registration)
        let id = try known?.id ?? freeID(registration) ?? newID
        let profile = try applied(registration.profile, to: known?.profile ?? DeviceProfile())
        if let known {
            try renew(known, registration, profile)
        } else {
            try insert(registration, id, profile)
        }
        try Memberships(id, registration.app, connection).sync(user: registration.user, own: registration.topics)
        guard let device = try DeviceRow.find(id, registration.app, connection) else {
            throw StorageError(.corrupt, "device \(id.rawValue) is not there right after it was written")
        }
        return (device, known == nil)
    }

    func update(_ device: Device, _ changes: DeviceChanges) throws {
        let profile = try applied(changes.profile, to: device.profile)
        if profile != device.profile {
            try connection.execute(
                "UPDATE device SET \(DeviceStatements.assignments(DeviceRow.profileColumns)) WHERE id = ?",
                DeviceRow.profileValues(profile) + [.text(device.id.rawValue)])
        }
        try writeTags(device.id, device.app, profile.tags, instead: device.profile.tags)
        if let owner = changes.owner { try give(device, to: owner, joining: changes.joinsOwnersTopics) }
        if let topics = changes.topics { try Memberships(device.id, device.app, connection).change(topics) }
    }

    private func give(_ device: Device, to owner: DeviceChanges.Owner, joining: Bool) throws {
        let user: String? = if case .user(let name) = owner { name } else { nil }
        if let user { try UserRow.touch(user, device.app, now, connection, dialect) }
        try connection.execute("UPDATE device SET user_id = ? WHERE id = ?", [.text(user), .text(device.id.rawValue)])
        if joining { try Memberships(device.id, device.app, connection).sync(user: user, own: nil) }
    }

    /// A change may be small and what it makes too much.
    private func applied(_ changes: DeviceProfileChanges, to profile: DeviceProfile) throws -> DeviceProfile {
        let changed = changes.applied(to: profile)
        if changes.tags != nil || changes.replacesTags { try TagLimits.check(changed.tags) }
        return changed
    }

    // MARK: Statements

    private typealias Known = (id: DeviceID, environment: String, profile: DeviceProfile, provider: String)

    /// The device that is named, else the one whose the token is.
    private func known(_ registration: DeviceRegistration) throws -> Known? {
        guard let id = registration.id, let named = try known("id = ?", [.text(id.rawValue)], registration.app) else {
            return try known("provider = ? AND address_hash = ?", address(registration), registration.app)
        }
        guard named.provider == registration.provider.rawValue else {
            throw PushProblem(.invalidField, field: "provider", "the device \(id.rawValue) is one of \(named.provider)")
        }
        try connection.execute(
            "DELETE FROM device WHERE app = ? AND provider = ? AND address_hash = ? AND id <> ?",
            [.integer(registration.app.rawValue)] + address(registration) + [.text(id.rawValue)])
        try connection.execute(
            "UPDATE device SET address_hash = ? WHERE id = ?", [.blob(addressHash(registration.token.address)), .text(id.rawValue)])
        return named
    }

    private func known(_ condition: String, _ values: [SQLValue], _ app: AppID) throws -> Known? {
        try connection.row(
            "SELECT id, environment, provider, platform, locale, time_zone, app_version, tags FROM device WHERE app = ? AND \(condition)",
            [.integer(app.rawValue)] + values
        ).map { (DeviceID(rawValue: try $0.text(0)), try $0.text(1), try DeviceRow.profile($0, at: 3), try $0.text(2)) }
    }

    private func address(_ registration: DeviceRegistration) -> [SQLValue] {
        [.text(registration.provider.rawValue), .blob(addressHash(registration.token.address))]
    }

    /// The name that a registration gives, unless a device of another App is called so.
    private func freeID(_ registration: DeviceRegistration) throws -> DeviceID? {
        guard let id = registration.id else { return nil }
        return try connection.row("SELECT 1 FROM device WHERE id = ?", [.text(id.rawValue)]) == nil ? id : nil
    }

    private func renew(_ known: Known, _ registration: DeviceRegistration, _ profile: DeviceProfile) throws {
        var token = registration.token
        if registration.isEnvironmentGuessed { token.environment = .init(rawValue: known.environment) }
        try connection.execute(
            DeviceStatements.renewDevice,
            TokenRow.values(token) + [.text(registration.user), .date(now), .null] + DeviceRow.profileValues(profile)
                + [.text(known.id.rawValue)])
        try writeTags(known.id, registration.app, profile.tags, instead: known.profile.tags)
    }

    private func insert(_ registration: DeviceRegistration, _ id: DeviceID, _ profile: DeviceProfile) throws {
        try connection.insert(
            DeviceStatements.insertDevice,
            [
                [
                    .text(id.rawValue), .integer(registration.app.rawValue), .text(registration.provider.rawValue),
                    .integer(id.shard), .blob(addressHash(registration.token.address)), .text(registration.user), .date(now),
                    .date(now), .null,
                ] + TokenRow.values(registration.token) + DeviceRow.profileValues(profile)
            ])
        try writeTags(id, registration.app, profile.tags, instead: [:])
    }

    /// Only what differs is written.
    private func writeTags(_ id: DeviceID, _ app: AppID, _ tags: [String: TagValue], instead known: [String: TagValue]) throws {
        let changed = Set(tags.keys).union(known.keys).filter { tags[$0] != known[$0] }
        try connection.execute(
            DeviceStatements.deleteTag, each: changed.filter { known[$0] != nil }.map { [.text(id.rawValue), .text($0)] })
        try connection.insert(
            DeviceStatements.insertTag,
            TagKey.rows(of: tags.filter { changed.contains($0.key) }).map { row in
                [.integer(app.rawValue), .text(row.name), .text(row.value), .integer(id.shard), .text(id.rawValue)]
            })
    }
}
