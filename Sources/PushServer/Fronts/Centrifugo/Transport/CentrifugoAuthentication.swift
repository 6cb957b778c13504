import HTTPTypes
import Hummingbird

/// Who may use the front: one key, in one of three places.
struct CentrifugoAuthentication: Sendable {
    private let isInsecure: Bool
    private let key: CentrifugoKey?

    init(_ settings: CentrifugoSettings) {
        isInsecure = settings.isInsecure
        key = CentrifugoKey(settings.apiKey)
    }

    func admits(_ request: Request) -> Bool {
        isInsecure || isKey(Self.header(request)) || isKey(request.uri.queryParameters["api_key"].map(String.init))
    }

    private func isKey(_ text: String?) -> Bool { key?.matches(text) ?? false }

    /// `X-API-Key` speaks alone, if it says anything.
    private static func header(_ request: Request) -> String? {
        if let key = request.headers[.centrifugoAPIKey], !key.isEmpty { return key }
        let fields = request.headers[.authorization]?.split { $0 == " " || $0 == "\t" } ?? []
        return fields.count == 2 && fields[0].lowercased() == "apikey" ? String(fields[1]) : nil
    }
}

extension HTTPField.Name {
    // Names that are plain ASCII are names.
    static let centrifugoAPIKey = HTTPField.Name("X-API-Key")!
    static let centrifugoErrorMode = HTTPField.Name("X-Centrifugo-Error-Mode")!
    /// What was wrong, where the answer has no room to say it.
    static let heraldProblem = HTTPField.Name("Herald-Problem")!
    static let contentTypeOptions = HTTPField.Name("X-Content-Type-Options")!
}
