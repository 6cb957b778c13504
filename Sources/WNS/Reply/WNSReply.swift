/// What Microsoft answers: all of it in the status and in headers; 200 can still mean that the notification is gone.
public struct WNSReply: Sendable, Hashable {
    public enum NotificationStatus: String, Sendable, Hashable {
        case received
        /// Thrown away: the device refuses it, or is away and it isn't kept.
        case dropped
        /// Thrown away: too many to this channel.
        case channelThrottled = "channelthrottled"
    }

    public enum DeviceConnectionStatus: String, Sendable, Hashable {
        case connected, disconnected
        case temporarilyConnected = "tempconnected"
    }

    public let status: Int
    public let notificationStatus: NotificationStatus?
    /// Only when it was asked for.
    public let deviceConnectionStatus: DeviceConnectionStatus?
    public let messageID: String?
    public let errorDescription: String?

    /// - Parameter header: the first value of a header by its name in lower case.
    public init(status: Int, header: (String) -> String?) {
        self.status = status
        // The pages document one name, the servers send the other.
        notificationStatus = (header("x-wns-notificationstatus") ?? header("x-wns-status")).flatMap { .init(rawValue: $0.lowercased()) }
        deviceConnectionStatus = header("x-wns-deviceconnectionstatus").flatMap { .init(rawValue: $0.lowercased()) }
        messageID = header("x-wns-msg-id")
        errorDescription = header("x-wns-error-description")
    }

    /// 410 says this too when Microsoft has shut the sender out, which is not the channel's fault.
    public var isDomainBlocked: Bool { errorDescription?.lowercased().contains("domain blocked") ?? false }
}
