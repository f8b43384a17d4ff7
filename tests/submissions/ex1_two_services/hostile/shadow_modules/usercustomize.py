print('PWNED by usercustomize')
