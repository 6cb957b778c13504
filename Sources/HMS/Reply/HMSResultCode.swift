/// The member `code` of Huawei's answers (Push Kit REST API, "Result codes").
public struct HMSResultCode: RawRepresentable, Sendable, Hashable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let success = HMSResultCode(rawValue: "80000000")
    /// Some tokens were left out.
    public static let partialSuccess = HMSResultCode(rawValue: "80100000")
    public static let parameterError = HMSResultCode(rawValue: "80100001")
    public static let wrongTokenCount = HMSResultCode(rawValue: "80100002")
    public static let messageStructure = HMSResultCode(rawValue: "80100003")
    public static let ttlInvalid = HMSResultCode(rawValue: "80100004")
    public static let collapseKeyInvalid = HMSResultCode(rawValue: "80100013")
    public static let sensitiveWords = HMSResultCode(rawValue: "80100016")
    /// More than a hundred topic messages at once.
    public static let tooManyTopicTasks = HMSResultCode(rawValue: "80100017")
    public static let reviewSignatureInvalid = HMSResultCode(rawValue: "80100018")
    public static let authenticationFailed = HMSResultCode(rawValue: "80200001")
    public static let accessTokenExpired = HMSResultCode(rawValue: "80200003")
    public static let jwtExpired = HMSResultCode(rawValue: "80200005")
    /// The app may not send to these tokens: a wrong id in the URL, or Push Kit isn't switched on.
    public static let noPermission = HMSResultCode(rawValue: "80300002")
    public static let allTokensInvalid = HMSResultCode(rawValue: "80300007")
    public static let bodyTooLarge = HMSResultCode(rawValue: "80300008")
    public static let tokenCountInvalid = HMSResultCode(rawValue: "80300010")
    public static let noRightForHighPriority = HMSResultCode(rawValue: "80300011")
    public static let receiptInvalid = HMSResultCode(rawValue: "80300013")
    public static let oauthUnavailable = HMSResultCode(rawValue: "80600003")
    public static let internalError = HMSResultCode(rawValue: "81000001")
}
