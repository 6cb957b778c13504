import JWS
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A device as clients get it; what is empty is left out.
struct CentrifugoDevice: Encodable {
    let id: String
    var platform: String?
    var provider: String?
    var token: String?
    var user: String?
    var createdAt: Int?
    var updatedAt: Int?
    var meta: [String: String]?
    var topics: [String]?
    var timezone: String?
    var locale: String?
    /// JSON as text.
    var webpushKeys: String?

    /// Its name alone.
    init(id: DeviceID) { self.id = id.rawValue }

    init(_ device: Device, meta: Bool = false, topics: Bool = false, webpushKeys: Bool = false) {
        id = device.id.rawValue
        platform = device.profile.platform.orAbsent
        provider = device.provider.rawValue
        token = device.token.address
        user = device.user
        createdAt = Int(device.createdAt.timeIntervalSince1970)
        updatedAt = Int(device.registeredAt.timeIntervalSince1970)
        timezone = device.profile.timeZone.orAbsent
        locale = device.profile.locale.orAbsent
        if meta, !device.profile.tags.isEmpty { self.meta = device.profile.tags.mapValues(\.asMeta) }
        if topics, !device.topics.isEmpty { self.topics = device.topics }
        if webpushKeys { self.webpushKeys = Self.keys(device.token.keys) }
    }

    /// As ``PushSender/Token/keys`` has them.
    private static func keys(_ keys: [UInt8]) -> String? {
        guard keys.count == 81 else { return nil }
        return #"{"p256dh":"\#(Base64URL.encode(keys.prefix(65)))","auth":"\#(Base64URL.encode(keys.suffix(16)))"}"#
    }
}

extension TagValue {
    /// Centrifugo's metadata are texts.
    fileprivate var asMeta: String {
        switch self {
        case .string(let text): text
        case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
        case .boolean(let boolean): "\(boolean)"
        case .list(let members): members.map(\.asMeta).joined(separator: ", ")
        }
    }
}
