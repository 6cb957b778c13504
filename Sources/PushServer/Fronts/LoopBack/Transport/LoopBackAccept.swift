/// What a client takes (RFC 9110 §12.5.1), as far as it matters here.
struct LoopBackAccept {
    private var best: [String: (quality: Double, place: Int)] = [:]

    init(_ fields: [String]) {
        let ranges = fields.flatMap { $0.split(separator: ",") }
        for (place, range) in ranges.enumerated() {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let type = parts.first else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if quality > 0, best[type] == nil { best[type] = (quality, place) }
        }
    }

    private static let json = ["*/*", "application/*", "application/json", "application/javascript", "text/javascript", "json"]
    private static let html = ["text/html", "text/*", "html", "text/event-stream"]

    /// Or doesn't say. Browsers get JSON too.
    var takesJSON: Bool { best.isEmpty || (Self.json + Self.html).contains { best[$0] != nil } }

    /// Whether a page is welcome before JSON is.
    var prefersHTML: Bool {
        guard let html = Self.first(["text/html", "html"], best) else { return false }
        guard let json = Self.first(Self.json, best) else { return true }
        return (html.quality, -html.place) > (json.quality, -json.place)
    }

    private static func first(_ types: [String], _ best: [String: (quality: Double, place: Int)]) -> (quality: Double, place: Int)? {
        types.compactMap { best[$0] }.max { ($0.quality, -$0.place) < ($1.quality, -$1.place) }
    }
}
