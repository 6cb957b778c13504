/// Where messages go.
public enum HMSEndpoint {
    public static let origin = "https://push-api.cloud.huawei.com"

    /// v1: by app.
    public static func v1(appID: String, origin: String = origin) -> String { "\(origin)/v1/\(appID)/messages:send" }
    /// v2: by project. Takes and answers the same as v1.
    public static func v2(projectID: String, origin: String = origin) -> String { "\(origin)/v2/\(projectID)/messages:send" }
    /// v3: HarmonyOS 5 and later.
    public static func v3(projectID: String, origin: String = origin) -> String { "\(origin)/v3/\(projectID)/messages:send" }
}
