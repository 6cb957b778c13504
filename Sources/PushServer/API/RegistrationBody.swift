import PushProviders
import PushSender

/// A device as it is registered: what `POST /v1/devices` takes.
struct RegistrationBody: RequestBody {
    let token: TokenBody
    let profile: ProfileBody
    let user: String?
    let topics: [String]?
    let identityToken: String?

    static let shape = BodyShape.fields("user", "topics", "identity_token").with(TokenBody.shape).with(ProfileBody.shape)

    /// - Parameters:
    ///   - user: whom the device belongs to, however that was proven.
    ///   - words: what of it needn't be looked at again.
    /// - Throws: ``Problem`` or ``PushProblem`` that names the field.
    func registration(
        app: AppID, user: String?, _ endpointPolicy: EndpointPolicy, _ words: inout CheckedWords
    ) throws -> DeviceRegistration {
        DeviceRegistration(
            app: app, provider: ProviderName(rawValue: token.provider), token: try token.checked(endpointPolicy),
            isEnvironmentGuessed: token.isEnvironmentGuessed, user: user, topics: try topics.map(Names.checked(topics:)),
            profile: try profile.changes(&words))
    }

    func registration(app: AppID, user: String?, _ endpointPolicy: EndpointPolicy) throws -> DeviceRegistration {
        var words = CheckedWords()
        return try registration(app: app, user: user, endpointPolicy, &words)
    }
}

extension RegistrationBody {
    private enum Key: String, CodingKey { case user, topics, identityToken }

    init(from decoder: any Decoder) throws {
        token = try TokenBody(from: decoder)
        profile = try ProfileBody(from: decoder)
        let fields = try decoder.container(keyedBy: Key.self)
        user = try fields.decodeIfPresent(String.self, forKey: .user)
        topics = try fields.decodeIfPresent([String].self, forKey: .topics)
        identityToken = try fields.decodeIfPresent(String.self, forKey: .identityToken)
    }
}
