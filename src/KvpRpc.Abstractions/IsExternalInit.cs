#if !NET
namespace System.Runtime.CompilerServices;

/// <summary>What the compiler needs for init accessors, and .NET Standard lacks.</summary>
internal static class IsExternalInit;
#endif
