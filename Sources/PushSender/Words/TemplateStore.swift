#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The port to wherever templates are kept. Every change is durable when the call returns.
public protocol TemplateStore: Sendable {
    /// Keeps a template, in place of the one of that name. Pushes that were accepted before keep their words.
    /// - Returns: the template as stored, and whether it is new.
    func put(_ template: Template, named name: String, app: AppID, now: Date) async throws -> (template: StoredTemplate, isNew: Bool)
    func template(named name: String, app: AppID) async throws -> StoredTemplate?
    /// Templates in the order of their names, after `after`. At most `limit`.
    func templates(app: AppID, after: String?, limit: Int) async throws -> [StoredTemplate]
    /// - Returns: whether there was such a template.
    func remove(named name: String, app: AppID) async throws -> Bool
}

public struct StoredTemplate: Sendable, Hashable {
    public let name: String
    public let template: Template
    public let createdAt: Date
    public let updatedAt: Date

    public init(name: String, template: Template, createdAt: Date, updatedAt: Date) {
        self.name = name
        self.template = template
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
