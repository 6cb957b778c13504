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
        let id = known?.id ?? newID
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
        guard let owner = changes.owner else { return }
        let user: String? = if case .user(let name) = owner { name } else { nil }
        if let user { try UserRow.touch(user, device.app, now, connection, dialect) }
        try connection.execute("UPDATE device SET user_id = ? WHERE id = ?", [.text(user), .text(device.id.rawValue)])
        try Memberships(device.id, device.app, connection).sync(user: user, own: nil)
    }

    /// A change may be small and what it makes too much.
    private func applied(_ changes: DeviceProfileChanges, to profile: DeviceProfile) throws -> DeviceProfile {
        let changed = changes.applied(to: profile)
        if changes.tags != nil { try TagLimits.check(changed.tags) }
        return changed
    }

    // MARK: Statements

    private typealias Known = (id: DeviceID, environment: String, profile: DeviceProfile)

    private func known(_ registration: DeviceRegistration) throws -> Known? {
        try connection.row(
            """
            SELECT id, environment, platform, locale, time_zone, app_version, tags FROM device
            WHERE app = ? AND provider = ? AND address_hash = ?
            """,
            [
                .integer(registration.app.rawValue), .text(registration.provider.rawValue),
                .blob(addressHash(registration.token.address)),
            ]
        ).map { (DeviceID(rawValue: try $0.text(0)), try $0.text(1), try DeviceRow.profile($0, at: 2)) }
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
