/// A result code of Huawei's, with its HTTP status, which is 200 for many a failure (Huawei: Response codes).
struct HMSRefusal: Sendable, Equatable {
    let status: Int
    let code: String
    let message: String

    init(_ status: Int, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    static let success = HMSRefusal(200, "80000000", "Success")
    static let notFound = HMSRefusal(404, "80100001", "The URL is not found.")
    static let parameter = HMSRefusal(400, "80100001", "Incorrect parameters.")
    static let unauthenticated = HMSRefusal(401, "80200001", "OAuth authentication error.")
    static let expiredAccessToken = HMSRefusal(401, "80200003", "OAuth token expired.")
    static let expiredSignedToken = HMSRefusal(401, "80200005", "JWT token expired.")
    static let noPermission = HMSRefusal(200, "80300002", "The current app does not have the permission to send messages.")
    static let tooLarge = HMSRefusal(400, "80300008", "The message body size exceeds the default value.")
    static let tokenCount = HMSRefusal(400, "80300010", "The number of tokens in the message body is invalid.")
    static let lifetime = HMSRefusal(400, "80100004", "The ttl is invalid.")
    static let collapseKey = HMSRefusal(400, "80100013", "The collapse key is invalid.")

    static func structure(_ field: String) -> HMSRefusal { .init(400, "80100003", "Incorrect message structure: \(field)") }

    static func usualCode(_ status: Int) -> String {
        switch status {
        case 400: "80100001"
        case 401: "80200001"
        case 404: "80100001"
        case 503: "80100017"
        default: "81000001"
        }
    }
}
