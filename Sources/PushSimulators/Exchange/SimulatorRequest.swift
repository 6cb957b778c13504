/// A request as it came off the wire.
public struct SimulatorRequest: Sendable {
    public typealias Header = (name: String, value: String)

    public var method: String
    /// With the query, as it was sent.
    public var path: String
    /// In the order of arrival, names in lower case, without HTTP/2's pseudo-headers.
    public var headers: [Header]
    public var body: [UInt8]

    public init(method: String = "POST", path: String, headers: [Header] = [], body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }

    /// The first header of this name; nil when there is none.
    public func header(_ name: String) -> String? {
        for header in headers where header.name == name { return header.value }
        return nil
    }

    /// The first name that is there twice among those for which `isSingle` holds.
    func repeatedHeader(where isSingle: (String) -> Bool) -> String? {
        for (index, header) in headers.enumerated() where isSingle(header.name) {
            for later in headers[(index + 1)...] where later.name == header.name { return header.name }
        }
        return nil
    }

    // What follows is asked for each request, so it goes by bytes rather than by characters.

    /// The path without its query.
    var route: Substring { path[..<(path.utf8.firstIndex(of: UInt8(ascii: "?")) ?? path.endIndex)] }

    /// The path's segments, without the query.
    var segments: [Substring] {
        route.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst().map { Substring($0) }
    }

    /// What follows `Bearer` in the header Authorization; nil without it.
    var bearer: Substring? {
        guard let authorization = header("authorization"), authorization.utf8.count > 7 else { return nil }
        let token = authorization.utf8.dropFirst(7)
        guard authorization.prefix(7).lowercased() == "bearer ", !token.contains(UInt8(ascii: " ")) else { return nil }
        return Substring(token)
    }

    /// The media type, without parameters, in lower case.
    var contentType: String? {
        header("content-type").map { value in
            let type = value.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            return Substring(type).lowercased()
        }
    }

    var isForm: Bool { contentType == "application/x-www-form-urlencoded" }
}
