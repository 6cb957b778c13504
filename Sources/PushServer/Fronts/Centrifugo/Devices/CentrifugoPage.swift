/// `cursor` and `limit` of a list.
struct CentrifugoPage {
    let after: String?
    let limit: Int

    private static let usual = 100
    private static let most = 1000

    init(cursor: String?, limit: Int32?) throws(CentrifugoError) {
        let limit = Int(limit ?? 0)
        guard limit >= 0 else { throw .badRequest("limit: \(limit) is negative; give up to \(Self.most), or leave it out") }
        self.limit = limit == 0 ? Self.usual : min(limit, Self.most)
        after = try CentrifugoNames.checked([cursor ?? ""], "cursor").first?.orAbsent
    }

    /// One more than the page holds: it says whether there is another page.
    var wanted: Int { limit + 1 }
}

/// A page of a list as clients get it. `items` is there even when there are none, since clients insist.
struct CentrifugoList<Item: Encodable>: Encodable {
    let items: [Item]
    let nextCursor: String?
    let totalCount: Int?

    /// - Parameters:
    ///   - found: up to ``CentrifugoPage/wanted`` items.
    ///   - total: nil where nobody asked.
    init(_ found: [Item], _ page: CentrifugoPage, total: Int?, cursor: (Item) -> String) {
        items = Array(found.prefix(page.limit))
        nextCursor = found.count > page.limit ? items.last.map(cursor) : nil
        totalCount = total == 0 ? nil : total
    }
}
