#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// Devices of one App on their way into the database, with everything computed that doesn't depend on what is there. Making one takes
/// longer than writing it: make the next while this one is written.
public struct DeviceBatch: Sendable {
    private(set) var devices: [PreparedDevice] = []
    public var count: Int { devices.count }

    /// - Parameter now: what a new device's id begins with.
    public init(_ entries: [DeviceEntry], now: Date) throws {
        var random = SystemRandomNumberGenerator()
        var versions: [String: String] = [:]
        devices.reserveCapacity(entries.count)
        for entry in entries {
            let id = entry.id ?? DeviceID(now: now, random: &random)
            devices.append(try PreparedDevice(entry, id, &versions))
        }
    }

    public mutating func append(_ other: DeviceBatch) { devices += other.devices }
}

/// What a ``DeviceEntry`` comes to when it is new. A class: it is passed around more often than read.
final class PreparedDevice: Sendable {
    let entry: DeviceEntry
    let newID: DeviceID
    let shard: Int
    let addressHash: [UInt8]
    let profileValues: [SQLValue]
    let tagRows: [(name: String, value: String)]

    /// - Parameter versions: keys of versions; many devices have few.
    init(_ entry: DeviceEntry, _ newID: DeviceID, _ versions: inout [String: String]) throws {
        self.entry = entry
        self.newID = newID
        shard = newID.shard
        addressHash = PushStorage.addressHash(entry.registration.token.address)
        let profile = entry.registration.profile.applied(to: DeviceProfile())
        let version = versions[profile.appVersion] ?? VersionKey.of(profile.appVersion)
        if versions.count < 1000 { versions[profile.appVersion] = version }
        profileValues = try DeviceRow.profileValues(profile, versionKey: version)
        tagRows = TagKey.rows(of: profile.tags)
    }
}
