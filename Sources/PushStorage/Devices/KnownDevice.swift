import PushSender

/// What finds a device: its provider and the digest of its address.
struct Address: Hashable {
    let provider: ProviderName
    let hash: [UInt8]

    init(provider: ProviderName, hash: [UInt8]) {
        self.provider = provider
        self.hash = hash
    }

    init(_ device: PreparedDevice) { self.init(provider: device.entry.registration.provider, hash: device.addressHash) }

    /// A part of a digest is as good as all of it.
    func hash(into hasher: inout Hasher) { hasher.combine(hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }) }
}

/// A device that is registered again.
final class KnownDevice {
    let id: DeviceID
    let environment: ProviderEnvironment
    let profile: DeviceProfile

    private init(_ row: SQLRow) throws {
        id = DeviceID(rawValue: try row.text(1))
        environment = ProviderEnvironment(rawValue: try row.text(2))
        profile = try DeviceRow.profile(row, at: 3)
    }

    /// - Returns: those of the devices that are there.
    static func find(_ devices: [PreparedDevice], _ app: AppID, _ connection: any SQLConnection) throws -> [Address: KnownDevice] {
        var found: [Address: KnownDevice] = [:]
        for (provider, devices) in Dictionary(grouping: devices, by: \.entry.registration.provider) {
            let rows = try connection.rows(
                """
                SELECT address_hash, id, environment, platform, locale, time_zone, app_version, tags FROM device
                WHERE app = ? AND provider = ? AND address_hash IN
                """,
                in: devices.map { .blob($0.addressHash) }, before: [.integer(app.rawValue), .text(provider.rawValue)])
            for row in rows { found[Address(provider: provider, hash: try row.blob(0))] = try KnownDevice(row) }
        }
        return found
    }
}
