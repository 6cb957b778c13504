/// Why Huawei left a token out. Few of these say that the token is dead.
public struct HMSTokenFault: RawRepresentable, Sendable, Hashable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// v1 and v2: the token is not, or no longer, one.
    public static let illegal = HMSTokenFault(rawValue: "illegal_tokens")

    // v3: the token.
    public static let tokenFormatError = HMSTokenFault(rawValue: "tokenFormatError")
    /// The token is of another project: proof against it only when others of the same request are of this one.
    public static let noRight = HMSTokenFault(rawValue: "noRight")

    // v3: rights, settings and content of the app; the tokens are fine.
    public static let noPushTypeRight = HMSTokenFault(rawValue: "noPushTypeRight")
    public static let atomicUnableSendUnsubscribedMsg = HMSTokenFault(rawValue: "atomicUnableSendUnsubscribedMsg")
    public static let countryNotSupport = HMSTokenFault(rawValue: "countryNotSupport")
    public static let tokenPlatformNotSupport = HMSTokenFault(rawValue: "tokenPlatformNotSupport")
    public static let disableSendHuaweiMsgBecauseOfPenalty = HMSTokenFault(rawValue: "disableSendHuaweiMsgBecauseOfPenalty")
    public static let differentImgVerifyPolicy = HMSTokenFault(rawValue: "differentImgVerifyPolicy")
    public static let appinfoError = HMSTokenFault(rawValue: "appinfoError")
    public static let noRightToSendThisLiveNotificationEvent = HMSTokenFault(rawValue: "noRightToSendThisLiveNotificationEvent")
}
