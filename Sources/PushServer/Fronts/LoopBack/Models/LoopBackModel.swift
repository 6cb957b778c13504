import PushSender

/// A stored model: what its objects have for certain. They may have whatever else.
struct LoopBackModel: Sendable {
    /// As messages have it: `installation`.
    let name: String
    /// As paths have it, and what its records are called: `installations`.
    let plural: String
    /// Alphabetically, as answers have them.
    let properties: [Property]
    let required: Set<String>
    /// Whether clients may not choose ids.
    let generatesID: Bool

    struct Property: Sendable {
        let name: String
        let type: LoopBackType
    }

    var collection: RecordCollection { RecordCollection(rawValue: plural) }

    /// Of members of members, too, about which nothing is known.
    func type(of path: String) -> LoopBackType { path == "id" ? .string : properties.first { $0.name == path }?.type ?? .any }

    static let all = [installation, notification, application]

    init(_ name: String, _ properties: KeyValuePairs<String, LoopBackType>, required: Set<String>, generatesID: Bool) {
        self.name = name
        plural = name + "s"
        self.properties = properties.map { Property(name: $0.key, type: $0.value) }.sorted { $0.name < $1.name }
        self.required = required
        self.generatesID = generatesID
    }
}

enum LoopBackType: Sendable, Hashable {
    case any, string, number, boolean, date, strings, object
}

extension LoopBackModel {
    static let installation = LoopBackModel(
        "installation",
        [
            "appId": .string, "appVersion": .string, "badge": .number, "created": .date, "deviceToken": .string, "deviceType": .string,
            "modified": .date, "status": .string, "subscriptions": .strings, "timeZone": .string, "userId": .string,
        ], required: ["appId", "deviceToken", "deviceType"], generatesID: true)

    static let notification = LoopBackModel(
        "notification",
        [
            "alert": .any, "badge": .number, "category": .string, "collapseKey": .string, "contentAvailable": .boolean, "created": .date,
            "delayWhileIdle": .boolean, "deviceToken": .string, "deviceType": .string, "expirationInterval": .number,
            "expirationTime": .date, "modified": .date, "scheduledTime": .date, "sound": .string, "status": .string, "urlArgs": .strings,
        ], required: ["deviceToken", "deviceType"], generatesID: true)

    static let application = LoopBackModel(
        "application",
        [
            "anonymousAllowed": .boolean, "authenticationEnabled": .boolean, "authenticationSchemes": .any, "callbackUrls": .strings,
            "clientKey": .string, "collaborators": .strings, "created": .date, "description": .string, "email": .string,
            "emailVerified": .boolean, "icon": .string, "javaScriptKey": .string, "masterKey": .string, "modified": .date, "name": .string,
            "owner": .string, "permissions": .strings, "pushSettings": .object, "realm": .string, "restApiKey": .string, "status": .string,
            "url": .string, "windowsKey": .string,
        ], required: ["name"], generatesID: false)
}
