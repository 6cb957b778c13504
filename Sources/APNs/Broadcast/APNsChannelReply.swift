#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads what the management host answers on success. Refusals are an ``APNsReply``.
public enum APNsChannelReply {
    /// The header in which a new channel's id comes.
    public static let channelIDHeader = "apns-channel-id"

    /// - Returns: nil when the body can't be read.
    public static func policy(_ body: [UInt8]) -> APNsChannelPolicy? {
        (try? JSONDecoder().decode(Channel.self, from: Data(body)))?.policy
    }

    /// - Returns: nil when the body can't be read.
    public static func channels(_ body: [UInt8]) -> [APNsChannelID]? {
        (try? JSONDecoder().decode(List.self, from: Data(body)))?.channels.compactMap { try? APNsChannelID($0) }
    }

    private struct Channel: Decodable {
        let policy: APNsChannelPolicy
        private enum CodingKeys: String, CodingKey { case policy = "message-storage-policy" }
    }

    private struct List: Decodable { let channels: [String] }
}
