import PushProviders
import PushSender

/// Whom a push is for, as the API spells it.
struct AudienceBody: RequestBody {
    let all: Bool?
    let devices: [String]?
    let users: [String]?
    let topics: [String]?
    let audiences: [String]?
    let tags: String?
    let tokens: [TokenBody]?
    let exclude: Excluded?

    /// Who is left out.
    struct Excluded: Decodable {
        let devices: [String]?
        let users: [String]?
        let topics: [String]?
        let audiences: [String]?
        let tags: String?
    }

    private static let names = BodyShape.fields("devices", "users", "topics", "audiences", "tags")
    static let shape = names.with(["all": .any, "tokens": .list(TokenBody.shape), "exclude": names])
}

/// Makes audiences of what clients name.
struct AudienceReader: Sendable {
    let saved: any AudienceStore
    let endpointPolicy: EndpointPolicy

    /// - Parameter field: where the body stands.
    func audience(_ body: AudienceBody, app: AppID, field: String = "audience") async throws -> Audience {
        for (name, list) in [("devices", body.devices), ("users", body.users), ("topics", body.topics), ("audiences", body.audiences)]
        where list == [] {
            throw Problem.invalid("\(field).\(name)", "the list is empty; name somebody, or leave it out")
        }
        for (name, list) in [("devices", body.devices), ("users", body.users), ("topics", body.topics)] {
            for (index, each) in (list ?? []).enumerated() { _ = try Names.checked(each, "\(field).\(name)[\(index)]") }
        }
        return Audience(
            everyone: body.all ?? false, devices: (body.devices ?? []).map(DeviceID.init), users: body.users ?? [],
            topics: body.topics ?? [], tokens: try tokens(body.tokens ?? [], field),
            saved: try await named(body.audiences ?? [], app, field),
            tags: try expression(body.tags, field), excluded: try await excluded(body.exclude, app, "\(field).exclude"))
    }

    private func excluded(_ body: AudienceBody.Excluded?, _ app: AppID, _ field: String) async throws -> [Audience] {
        guard let body else { return [] }
        let named = Audience(
            devices: (body.devices ?? []).map(DeviceID.init), users: body.users ?? [], topics: body.topics ?? [],
            saved: try await named(body.audiences ?? [], app, field))
        let tagged = try expression(body.tags, field).map { Audience(tags: $0) }
        return (named.nameCount > 0 ? [named] : []) + [tagged].compactMap(\.self)
    }

    private func named(_ names: [String], _ app: AppID, _ field: String) async throws -> [Audience] {
        var audiences: [Audience] = []
        for (index, name) in names.enumerated() {
            guard let known = try await saved.audience(named: name, app: app) else {
                throw Problem.invalid(
                    "\(field).audiences[\(index)]", "there is no saved audience \(name); GET /v1/audiences lists them")
            }
            audiences.append(known.audience)
        }
        return audiences
    }

    private func expression(_ text: String?, _ field: String) throws -> AudienceExpression? {
        guard let text else { return nil }
        do {
            return try AudienceExpression(text)
        } catch {
            throw Problem.invalid("\(field).tags", "\(error)")
        }
    }

    private func tokens(_ bodies: [TokenBody], _ field: String) throws -> [RawToken] {
        try bodies.enumerated().map { index, body in
            do {
                return RawToken(provider: ProviderName(rawValue: body.provider), token: try body.checked(endpointPolicy))
            } catch let problem as Problem {
                throw problem.within("\(field).tokens[\(index)]")
            }
        }
    }
}

extension Problem {
    /// The same, of a field that stands inside another.
    fileprivate func within(_ path: String) -> Problem {
        Problem(status, code, "\(path): \(detail)", field: field.map { "\(path).\($0)" } ?? path)
    }
}
