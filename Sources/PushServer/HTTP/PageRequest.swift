import Hummingbird

/// `?limit=&after=`: a page of a list by the last key of the one before.
struct PageRequest {
    let limit: Int
    let after: String?

    static let limits = 1...1000

    init(_ request: Request) throws {
        let limit = request.uri.queryParameters["limit"].map(String.init)
        guard let count = Int(limit ?? "100"), Self.limits.contains(count) else {
            throw Problem(
                .unprocessableContent, "invalid_field",
                "limit: give a number from \(Self.limits.lowerBound) to \(Self.limits.upperBound)", field: "limit")
        }
        self.limit = count
        after = request.uri.queryParameters["after"].map(String.init)
        guard after?.utf8.contains(0) != true else {
            throw Problem.invalid("after", "give the next of the page before")
        }
    }

    /// The cursor for the page after one with these keys; nil when that was the last.
    func next(_ keys: [String]) -> String? { keys.count < limit ? nil : keys.last }
}
