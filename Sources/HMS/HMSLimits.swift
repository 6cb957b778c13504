/// What Huawei takes (Push Kit REST API, "Request parameters").
public enum HMSLimits {
    /// Of a request body, not counting its tokens.
    public static let bodyBytes = 4096
    /// In one request.
    public static let tokens = 1000
    /// 15 days.
    public static let ttlSeconds = 1_296_000
}
