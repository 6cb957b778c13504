import JSON
import PushSender

/// `PUT /v1/templates/{name}`
struct TemplateBody: RequestBody {
    let variables: [String: VariableBody]?
    let notification: PushSender.Notification
    let locales: [String: PushSender.Notification]?

    struct VariableBody: Decodable {
        let type: String
        let `default`: JSONValue?
    }

    static let shape = BodyShape.object([
        "variables": .map(.fields("type", "default")), "notification": NotificationShape.shape, "locales": .map(NotificationShape.shape),
    ])

    /// What is kept byte for byte as it came in.
    static let rawPaths = SendBody.rawPaths

    func template() throws -> Template {
        var declared: [String: TemplateVariable] = [:]
        for (name, body) in variables ?? [:] {
            guard let type = TemplateVariable.Kind(rawValue: body.type) else {
                throw Problem.invalid(
                    "variables.\(name).type",
                    "\(body.type) is none of \(TemplateVariable.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            declared[name] = TemplateVariable(type, default: body.default)
        }
        return Template(variables: declared, notification: notification, locales: locales ?? [:])
    }
}

/// `POST /v1/templates/{name}/preview`
struct PreviewBody: RequestBody {
    let variables: [String: JSONValue]?
    /// Short for the device's.
    let locale: String?
    let device: PreviewDevice?
    let user: PreviewUser?

    struct PreviewDevice: Decodable {
        let id: String?
        let profile: ProfileBody

        private enum Key: String, CodingKey { case id }

        init(from decoder: any Decoder) throws {
            id = try decoder.container(keyedBy: Key.self).decodeIfPresent(String.self, forKey: .id)
            profile = try ProfileBody(from: decoder)
        }
    }

    struct PreviewUser: Decodable {
        let id: String
        let attributes: [String: JSONValue]?
    }

    static let shape = BodyShape.fields("locale").with([
        "variables": .map(.any), "device": ProfileBody.shape.with(.fields("id")),
        "user": .object(["id": .any, "attributes": .map(.any)]),
    ])

    func recipient() throws -> RecipientProfile {
        var profile = try device?.profile.changes().applied(to: DeviceProfile()) ?? DeviceProfile()
        if let locale { profile.locale = try LocaleTag.checked(locale, field: "locale") }
        return RecipientProfile(device: profile, user: user?.id, userAttributes: user?.attributes ?? [:])
    }
}
