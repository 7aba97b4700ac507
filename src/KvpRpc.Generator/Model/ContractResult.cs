namespace KvpRpc.Generator.Model;

/// <summary>What was found at one place that names a contract.</summary>
/// <param name="Contract">The contract; null where a problem forbids code for it.</param>
/// <param name="Problems">What is wrong with it.</param>
internal sealed record ContractResult(ContractModel? Contract, EquatableArray<Problem> Problems);
