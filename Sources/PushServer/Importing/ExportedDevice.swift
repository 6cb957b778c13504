import JWS
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A device as a file has it: what ``DeviceLine`` reads.
struct ExportedDevice: Encodable {
    struct Subscription: Encodable {
        struct Keys: Encodable {
            let p256dh: String
            let auth: String
        }

        let endpoint: String
        let keys: Keys
    }

    let id: String
    let provider: String
    let token: String?
    let subscription: Subscription?
    let environment: String?
    let kind: String?
    let appIdentifier: String?
    let user: String?
    /// Those that the device itself has joined.
    let topics: [String]
    let platform: String?
    let locale: String?
    let timeZone: String?
    let appVersion: String?
    let tags: [String: TagValue]?
    let createdAt: Date
    let updatedAt: Date
    let disabledAt: Date?

    init(_ device: Device) {
        let isWebPush = device.provider == .webPush
        id = device.id.rawValue
        provider = device.provider.rawValue
        token = isWebPush ? nil : device.token.address
        subscription = isWebPush ? Subscription(device.token) : nil
        environment = said(device.token.environment.rawValue)
        kind = said(device.token.kind)
        appIdentifier = said(device.token.appIdentifier)
        user = device.user
        topics = device.topics
        platform = said(device.profile.platform)
        locale = said(device.profile.locale)
        timeZone = said(device.profile.timeZone)
        appVersion = said(device.profile.appVersion)
        tags = device.profile.tags.isEmpty ? nil : device.profile.tags
        createdAt = device.createdAt
        updatedAt = device.registeredAt
        disabledAt = device.disabledAt
    }
}

extension ExportedDevice.Subscription {
    private static let p256dhBytes = 65

    init(_ token: Token) {
        endpoint = token.address
        keys = Keys(
            p256dh: Base64URL.encode(token.keys.prefix(Self.p256dhBytes)), auth: Base64URL.encode(token.keys.dropFirst(Self.p256dhBytes)))
    }
}

private func said(_ word: String) -> String? { word.isEmpty ? nil : word }
