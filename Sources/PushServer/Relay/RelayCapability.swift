import PushSender
import PushService

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a relay's endpoint stands for: whoever has it may send to this one device of this App, in this way, until it is revoked.
struct RelayCapability: Codable, Sendable, Hashable {
    /// How Apple's devices are woken.
    enum Wake: String, Codable, Sendable, CaseIterable {
        /// A placeholder is shown unless the app's notification service extension puts something else in its place.
        case alert
        /// Nothing is shown; the system decides when the app runs.
        case background
    }

    let app: AppID
    let device: DeviceID
    /// What ``SQLRelayStore`` has for the device.
    let number: Int
    let wake: Wake
    /// What is shown before the app has decrypted; nil: what the settings say.
    var title: String?
    /// SHA-256 of the only VAPID key that may post; nil: any, or none.
    var keyHash: [UInt8]?

    // Short, because they stand in a URL.
    private enum CodingKeys: String, CodingKey {
        case app = "a", device = "d", number = "n", wake = "w", title = "t", keyHash = "k"
    }
}

/// Makes a relay's URLs and reads them back.
struct RelayCodec: Sendable {
    /// Scheme, host and port.
    let origin: String
    let sealer: CapabilitySealer

    /// Where a sender posts. Always the same for the same capability.
    func endpoint(_ capability: RelayCapability) -> String { "\(origin)/relay/\(seal(capability, .capability))" }
    func capability(_ token: String) -> RelayCapability? { open(token, .capability) }

    /// Where a sender withdraws what it has sent.
    func location(of push: PushID, app: AppID) -> String { "\(origin)/relay/messages/\(seal(RelayedPush(app: app, push: push), .message))" }
    func push(_ token: String) -> RelayedPush? { open(token, .message) }

    private func seal(_ content: some Encodable, _ purpose: CapabilitySealer.Purpose) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and numbers: encoding them cannot fail.
        return sealer.seal((try? encoder.encode(content)).map(Array.init) ?? [], for: purpose)
    }

    private func open<Content: Decodable>(_ token: String, _ purpose: CapabilitySealer.Purpose) -> Content? {
        sealer.open(token, for: purpose).flatMap { try? JSONDecoder().decode(Content.self, from: Data($0)) }
    }
}

/// A message that a relay took.
struct RelayedPush: Codable, Sendable, Hashable {
    let app: AppID
    let push: PushID
}

extension CapabilitySealer.Purpose {
    fileprivate static let capability = Self("relay capability")
    fileprivate static let message = Self("relay message")
}
